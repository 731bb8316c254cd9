package io.lignum.cluster;

/** What a node does with an append while another node leads. */
public enum NotLeaderPolicy {
    /** Sends it to the leader and returns the leader's response. */
    FORWARD,
    /** Fails with {@link ClusterException.NotLeader}, which names the leader. */
    REFUSE
}
