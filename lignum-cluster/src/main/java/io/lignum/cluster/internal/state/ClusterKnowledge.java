package io.lignum.cluster.internal.state;

/**
 * What a node knows of itself and of the cluster, and how it learns that.
 *
 * @param keeper this node's identity, in its data directory
 * @param view the coordinator's data, kept current by watches
 * @param registry this node's record with the coordinator
 * @param members every known node, in this node's data directory
 * @param sessions this node's session with the coordinator
 * @param loader reads the cluster's state before a new process or incarnation takes part
 */
public record ClusterKnowledge(
        NodeIdentityKeeper keeper,
        ClusterView view,
        Registry registry,
        MembersKeeper members,
        SessionKeeper sessions,
        StateLoader loader) {

    /** This node's identity, as durable on its disk. Any thread. */
    public NodeIdentity identity() {
        return keeper.identity();
    }

    /** This node's id. Any thread. */
    public String nodeId() {
        return identity().self().nodeId();
    }
}
