package io.lignum.cluster.node;

import io.lignum.cluster.internal.state.ClusterView;
import io.lignum.cluster.internal.state.MembersKeeper;
import io.lignum.cluster.internal.state.NodeIdentity;
import io.lignum.cluster.internal.state.NodeIdentityKeeper;
import io.lignum.cluster.internal.state.Registry;

/**
 * What a node knows of itself and of the cluster, and where it keeps that.
 *
 * @param keeper this node's identity, in its data directory
 * @param view the coordinator's data, kept current by watches
 * @param registry this node's record with the coordinator
 * @param members every known node, in this node's data directory
 */
record ClusterKnowledge(
        NodeIdentityKeeper keeper, ClusterView view, Registry registry, MembersKeeper members) {

    /** This node's identity, as durable on its disk. Any thread. */
    NodeIdentity identity() {
        return keeper.identity();
    }

    /** This node's id. Any thread. */
    String nodeId() {
        return identity().self().nodeId();
    }
}
