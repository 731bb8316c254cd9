package io.lignum.cluster.peer;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.OptionalInt;
import java.util.UUID;

/** What a node answers to a {@link PeerRequest}. */
public sealed interface PeerResponse {

    /**
     * How far a node is.
     *
     * @param epoch the largest the node has persisted
     * @param seenVersion the largest {@code v} of the cluster's state that it has seen
     * @param leading whether it leads that epoch
     * @param membership what it knows of the cluster's members; {@link Membership#NONE} from an
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
     * Where one of its logs ends.
     *
     * @param lastEpoch of its last batch; empty for an empty log
     */
    record LogEnd(UUID topic, OptionalInt lastEpoch, long endOffset) {}

    /** Whole batches as stored, from position to limit. */
    record Batches(ByteBuffer batches) implements PeerResponse {}

    /** Up to where to read, exclusive. */
    record ReadUpTo(int epoch, long offset) implements PeerResponse {}

    /** Where the records stand. {@code leader} is the id of the node that led. */
    record Appended(String leader, long firstOffset, int count, boolean duplicate)
            implements PeerResponse {}

    /**
     * It is done.
     *
     * @param text what the command has to say, for instance a topic's id
     */
    record Done(String text) implements PeerResponse {}
}
