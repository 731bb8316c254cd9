package io.lignum.cluster.internal.state;

import io.lignum.cluster.peer.Member;

import java.util.Optional;
import java.util.UUID;

/**
 * What a node must not forget (R1, R2). Immutable.
 *
 * @param self its id, and its incarnation
 * @param clusterId empty until it has met its cluster
 * @param epoch the largest it acts on; durable before it does
 * @param seenEpoch epoch of the youngest cluster state it has seen
 * @param seenVersion version of that state
 */
public record NodeIdentity(
        Member self, Optional<UUID> clusterId, int epoch, int seenEpoch, long seenVersion) {

    public static NodeIdentity fresh(Member self) {
        return new NodeIdentity(self, Optional.empty(), 0, 0, 0);
    }

    public NodeIdentity withIncarnation(UUID incarnation) {
        return new NodeIdentity(
                new Member(self.nodeId(), incarnation), clusterId, epoch, seenEpoch, seenVersion);
    }

    public NodeIdentity inCluster(UUID id) {
        return new NodeIdentity(self, Optional.of(id), epoch, seenEpoch, seenVersion);
    }

    /** Never goes back. */
    public NodeIdentity atEpoch(int newEpoch) {
        return newEpoch <= epoch
                ? this
                : new NodeIdentity(self, clusterId, newEpoch, seenEpoch, seenVersion);
    }

    /** Remembers the youngest state; an older one changes nothing. */
    public NodeIdentity seen(int stateEpoch, long version) {
        return isOlder(stateEpoch, version)
                ? this
                : new NodeIdentity(self, clusterId, epoch, stateEpoch, version);
    }

    /** As the cluster's state has it: of its cluster, at its epoch, and having seen it. */
    public NodeIdentity knowing(ClusterState state) {
        return inCluster(state.clusterId())
                .atEpoch(state.epoch())
                .seen(state.epoch(), state.version());
    }

    /**
     * Whether a state of this epoch and version comes before one that was seen: the coordinator
     * lost data.
     */
    public boolean isOlder(int stateEpoch, long version) {
        return stateEpoch < seenEpoch || (stateEpoch == seenEpoch && version < seenVersion);
    }
}
