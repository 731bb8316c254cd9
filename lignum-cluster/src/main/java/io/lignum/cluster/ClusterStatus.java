package io.lignum.cluster;

import io.lignum.cluster.peer.NodeAddress;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

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
     * @param alive whether it holds its key with the coordinator
     * @param registered whether it follows the leader at the moment; false where the leader does
     *     not report it
     * @param lagRecords records that its logs lack of the leader's; empty where unknown
     * @param silentMillis since its last acknowledgement or answer; empty where unknown
     * @param lagging whether it did not acknowledge live messages in time
     */
    public record Node(
            String nodeId,
            String incarnation,
            NodeAddress address,
            boolean alive,
            boolean inSync,
            boolean registered,
            OptionalLong lagRecords,
            OptionalLong silentMillis,
            boolean lagging,
            boolean decommissioned) {}
}
