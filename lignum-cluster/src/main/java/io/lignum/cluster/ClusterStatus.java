package io.lignum.cluster;

import io.lignum.cluster.node.Node;
import io.lignum.cluster.peer.NodeAddress;

import java.util.List;
import java.util.Optional;

/**
 * The state of a cluster as one of its nodes knows it. Only the leader knows the followers'
 * progress.
 *
 * @param cluster its name
 * @param clusterId set when the cluster was founded; empty until known
 * @param nodeId the node whose view this is
 * @param role that node's current role
 * @param epoch the highest that the node has persisted
 * @param leader id of the leader; empty: none is known
 * @param inSync ids of the in-sync replicas
 * @param minInSync least number of replicas that must hold a live record
 * @param coordinatorReachable whether the coordinator answered within the last seconds
 * @param nodes all registered nodes, by id
 * @param alarms problems that an operator must see, each a sentence
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

    /** A node's role. */
    public enum Role {
        /** Follows no leader: looks for one, or stands for election. */
        LOOKING,
        FOLLOWER,
        LEADER,
        STOPPED
    }

    /**
     * The state of one node.
     *
     * @param alive whether its session holds its key with the coordinator
     * @param registered whether it follows the leader now; false where only the leader knows
     * @param lagRecords records that its logs lack of the leader's; -1 where unknown
     * @param silentMillis milliseconds since its last acknowledgement or answer; -1 where unknown
     * @param lagging whether it acknowledges live messages later than the send timeout
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
