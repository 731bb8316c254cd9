package io.lignum.cluster.internal.state;

import io.lignum.cluster.peer.Member;

import java.util.Optional;
import java.util.UUID;

/**
 * What a node must remember across restarts (R1, R2). Immutable.
 *
 * @param self its id and its incarnation
 * @param clusterId empty until it has joined a cluster
 * @param epoch the highest epoch in which it may act; durable before it does
 * @param seenEpoch epoch of the newest cluster state that it has seen
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

    /** Never decreases. */
    public NodeIdentity atEpoch(int newEpoch) {
        return newEpoch <= epoch
                ? this
                : new NodeIdentity(self, clusterId, newEpoch, seenEpoch, seenVersion);
    }

    /** Records the newest state; an older one changes nothing. */
    public NodeIdentity seen(int stateEpoch, long version) {
        return isOlder(stateEpoch, version)
                ? this
                : new NodeIdentity(self, clusterId, epoch, stateEpoch, version);
    }

    /** Takes over the state's cluster id, epoch and version. */
    public NodeIdentity knowing(ClusterState state) {
        return inCluster(state.clusterId())
                .atEpoch(state.epoch())
                .seen(state.epoch(), state.version());
    }

    /**
     * Whether a state of this epoch and version is older than one that was seen: the coordinator
     * has lost data.
     */
    public boolean isOlder(int stateEpoch, long version) {
        return stateEpoch < seenEpoch || (stateEpoch == seenEpoch && version < seenVersion);
    }
}
