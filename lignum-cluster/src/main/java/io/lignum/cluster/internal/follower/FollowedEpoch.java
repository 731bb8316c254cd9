package io.lignum.cluster.internal.follower;

import io.lignum.cluster.internal.state.ClusterState;
import io.lignum.cluster.internal.state.NodeIdentity;
import io.lignum.cluster.internal.state.NodeRecord;

/**
 * An epoch in which this node follows another one. Immutable.
 *
 * @param identity this node's identity, which contains the epoch and is durable here
 * @param leader the elected node, and where it can be reached
 * @param mayCutCommitted whether an operator accepted the loss of committed records in this epoch
 */
public record FollowedEpoch(NodeIdentity identity, NodeRecord leader, boolean mayCutCommitted) {

    /** The epoch of {@code state}, in which {@code leader} was elected. */
    public static FollowedEpoch of(ClusterState state, NodeIdentity identity, NodeRecord leader) {
        boolean unclean = state.uncleanEpoch().isPresent()
                && state.uncleanEpoch().getAsInt() <= state.epoch();
        return new FollowedEpoch(identity, leader, unclean);
    }

    int number() {
        return identity.epoch();
    }
}
