package io.lignum.cluster.peer;

import java.util.Optional;

/**
 * A change or a report that only the leader of a cluster provides: what a client does to topics,
 * and what an operator asks for. A node that does not lead forwards it in a {@link
 * PeerRequest.Command}.
 *
 * <p>A topic's settings travel as JSON in the encoding of the metadata log, so that the internal
 * protocol has no encoding of its own for them.
 */
public sealed interface LeaderCommand {

    /** Creates a topic. Answer: {@link PeerResponse.TopicChanged}. */
    record CreateTopic(String name, String settings) implements LeaderCommand {}

    /** Replaces the settings of a topic. Answer: {@link PeerResponse.TopicChanged}. */
    record AlterTopic(String name, String settings) implements LeaderCommand {}

    /** Deletes a topic. Answer: {@link PeerResponse.TopicChanged}. */
    record DeleteTopic(String name) implements LeaderCommand {}

    /**
     * Removes the records below an offset. Answer: {@link PeerResponse.TopicChanged}.
     *
     * @param newStart the new log start offset, inclusive
     */
    record TrimTopic(String name, long newStart) implements LeaderCommand {}

    /** Reports the leader's view of the cluster. Answer: {@link PeerResponse.Status}. */
    record GetStatus() implements LeaderCommand {}

    /**
     * Transfers the leadership. Answer: {@link PeerResponse.Done}.
     *
     * @param toNodeId the next leader; empty: the follower that is furthest
     */
    record TransferLeadership(Optional<String> toNodeId) implements LeaderCommand {}

    /** Removes a node from the cluster for good. Answer: {@link PeerResponse.Done}. */
    record Decommission(String nodeId) implements LeaderCommand {}

    /** What the command does, for errors and logs. */
    default String description() {
        if (this instanceof CreateTopic create) {
            return "the creation of topic " + create.name();
        } else if (this instanceof AlterTopic alter) {
            return "the change of topic " + alter.name();
        } else if (this instanceof DeleteTopic delete) {
            return "the deletion of topic " + delete.name();
        } else if (this instanceof TrimTopic trim) {
            return "the trim of topic " + trim.name();
        } else if (this instanceof TransferLeadership) {
            return "the leader transfer";
        } else if (this instanceof Decommission decommission) {
            return "the decommissioning of node " + decommission.nodeId();
        }
        return "the leader's status report";
    }
}
