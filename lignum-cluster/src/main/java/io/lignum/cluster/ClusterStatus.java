package io.lignum.cluster;

import io.lignum.cluster.node.Node;
import io.lignum.cluster.peer.NodeAddress;

import java.util.List;
import java.util.Optional;

/**
 * How a cluster stands, as one of its nodes knows it. Only the leader knows how far its followers
 * are.
 *
 * @param cluster its name
 * @param clusterId given once, at its foundation; empty until known
 * @param nodeId whose view this is
 * @param role what that node is at the moment
 * @param epoch the largest that the node has persisted
 * @param leader id of the leader; empty: none
 * @param inSync ids of the in-sync replicas
 * @param minInSync fewest replicas that must hold a live record
 * @param coordinatorReachable whether the coordinator answered of late
 * @param nodes all that are registered, by id
 * @param alarms what an operator should look at, each a sentence
 */
public record ClusterStatus(
        String cluster,
        String clusterId,
        String nodeId,
        Role role,
        int epoch,
        Optional<String> leader,
        List<String> inSync,
        int minInSync,
        boolean coordinatorReachable,
        List<Node> nodes,
        List<String> alarms) {

    /** What a node is. */
    public enum Role {
        /** Not yet, or not any more: finding out who leads. */
        LOOKING,
        FOLLOWER,
        LEADER,
        STOPPED
    }

    /**
     * How one node stands.
     *
     * @param alive whether it holds its key with the coordinator
     * @param registered whether it follows the leader at the moment; false where the leader does
     *     not tell
     * @param lagRecords records that its logs lack of the leader's; -1 where unknown
     * @param silentMillis since its last acknowledgement or answer; -1 where unknown
     * @param lagging whether the leader feeds it from the log and does not count on it
     */
    public record Node(
            String nodeId,
            String incarnation,
            NodeAddress address,
            boolean alive,
            boolean inSync,
            boolean registered,
            long lagRecords,
            long silentMillis,
            boolean lagging,
            boolean decommissioned) {}
}
