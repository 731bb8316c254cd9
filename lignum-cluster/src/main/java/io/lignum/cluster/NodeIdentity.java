package io.lignum.cluster;

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
record NodeIdentity(Member self, Optional<UUID> clusterId, int epoch, int seenEpoch, long seenVersion) {

    static NodeIdentity fresh(Member self) {
        return new NodeIdentity(self, Optional.empty(), 0, 0, 0);
    }

    NodeIdentity withIncarnation(UUID incarnation) {
        return new NodeIdentity(
                new Member(self.nodeId(), incarnation), clusterId, epoch, seenEpoch, seenVersion);
    }

    NodeIdentity inCluster(UUID id) {
        return new NodeIdentity(self, Optional.of(id), epoch, seenEpoch, seenVersion);
    }

    /** Never goes back. */
    NodeIdentity atEpoch(int newEpoch) {
        return newEpoch <= epoch
                ? this
                : new NodeIdentity(self, clusterId, newEpoch, seenEpoch, seenVersion);
    }

    /** Remembers the youngest state; an older one changes nothing. */
    NodeIdentity seen(int stateEpoch, long version) {
        return isOlder(stateEpoch, version)
                ? this
                : new NodeIdentity(self, clusterId, epoch, stateEpoch, version);
    }

    /** As the cluster's state has it: of its cluster, at its epoch, and having seen it. */
    NodeIdentity knowing(ClusterState state) {
        return inCluster(state.clusterId())
                .atEpoch(state.epoch())
                .seen(state.epoch(), state.version());
    }

    /** Whether a state of this epoch and version comes before one that was seen: the coordinator lost data. */
    boolean isOlder(int stateEpoch, long version) {
        return stateEpoch < seenEpoch || (stateEpoch == seenEpoch && version < seenVersion);
    }
}
