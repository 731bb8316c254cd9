package io.lignum.cluster.peer;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.OptionalInt;
import java.util.UUID;

/** The response to a {@link PeerRequest}. */
public sealed interface PeerResponse {

    /**
     * A node's epoch and log ends.
     *
     * @param epoch the highest that the node has persisted
     * @param seenVersion the highest {@code v} of the cluster's state that it has seen
     * @param leading whether it leads that epoch
     * @param membership the cluster's members as it knows them; {@link Membership#NONE} from an
     *     earlier release
     */
    record Progress(
            Member node,
            int epoch,
            long seenVersion,
            boolean leading,
            List<LogEnd> ends,
            Membership membership)
            implements PeerResponse {
        public Progress {
            ends = List.copyOf(ends);
        }
    }

    /**
     * The end of one log.
     *
     * @param lastEpoch of its last batch; empty for an empty log
     */
    record LogEnd(UUID topic, OptionalInt lastEpoch, long endOffset) {}

    /** Whole batches as stored, from position to limit. */
    record Batches(ByteBuffer batches) implements PeerResponse {}

    /** The offset to read up to, exclusive. */
    record ReadUpTo(int epoch, long offset) implements PeerResponse {}

    /** The records were appended. {@code leader} is the id of the node that did it. */
    record Appended(String leader, long firstOffset, int count, boolean duplicate)
            implements PeerResponse {}

    /** A change of a topic is committed and applied at the leader. */
    record TopicChanged(UUID topic) implements PeerResponse {}

    /**
     * The leader's view of the cluster.
     *
     * @param json the status as the node's status encoding writes it
     */
    record Status(String json) implements PeerResponse {}

    /** The command is executed. */
    record Done() implements PeerResponse {}
}
