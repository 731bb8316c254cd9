package io.lignum.cluster.peer;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.UUID;

/**
 * A message on the stream that a follower opens to its leader. Every message carries its sender's
 * epoch (R9). The sender itself is named in {@link Register} or {@link Welcome}, the first message
 * of each side.
 */
public sealed interface Message {

    int epoch();

    // ---- from the follower

    /**
     * The first message: asks to follow.
     *
     * @param failure why the follower ended its previous stream, if it could not store what it got
     */
    record Register(
            int epoch,
            Member follower,
            UUID clusterId,
            NodeAddress address,
            Optional<String> failure)
            implements Message {}

    /** Where the follower's logs end; asks where they diverge from the leader's (R19). */
    record LastBatchPositions(int epoch, List<LastBatchPosition> positions) implements Message {
        public LastBatchPositions {
            positions = List.copyOf(positions);
        }
    }

    /**
     * Where one log ends.
     *
     * @param request number of the request within the follower's process; the response repeats it
     * @param lastEpoch epoch of the last batch; empty for an empty log, and for one of which the
     *     leader has nothing: the response then has what such a log starts with
     * @param endOffset exclusive
     */
    record LastBatchPosition(UUID topic, long request, OptionalInt lastEpoch, long endOffset) {}

    /** All bytes below these offsets are flushed on the follower (R12). */
    record Acks(int epoch, List<Ack> acks) implements Message {
        public Acks {
            acks = List.copyOf(acks);
        }
    }

    /**
     * The ends of one log.
     *
     * @param endOffset exclusive end of what was appended
     * @param durableEnd exclusive end of what is flushed; at most {@code endOffset}
     */
    record Ack(UUID topic, long endOffset, long durableEnd) {}

    /** Answers a heartbeat: the follower's loop runs. */
    record Alive(int epoch, long beat) implements Message {}

    // ---- from the leader

    /** The first response: the leader of this epoch accepts the follower. */
    record Welcome(int epoch, Member leader) implements Message {}

    /**
     * The only response: the follower is refused. {@code epoch} is that of the node that refuses.
     * The stream ends.
     */
    record Refused(int epoch, Reason reason, String text) implements Message {

        /** Why a follower is refused. */
        public enum Reason {
            /** The node does not lead, or the epoch in the request is lower than its own. */
            NOT_LEADER,
            /** The cluster ids differ. */
            WRONG_CLUSTER,
            /**
             * The log ends below what this pair acknowledged in this epoch: it must take a new
             * incarnation (R17).
             */
            DATA_LOST
        }
    }

    /** Where the follower's logs diverge from the leader's. */
    record EpochEndOffsets(int epoch, List<EpochEndOffset> offsets) implements Message {
        public EpochEndOffsets {
            offsets = List.copyOf(offsets);
        }
    }

    /**
     * Where one log diverges from the leader's.
     *
     * @param request number of the request
     * @param epochFound the leader's largest epoch not above the follower's last; empty: none
     * @param endOffset where that epoch ends in the leader's log; the leader's log end offset if it
     *     has no such epoch
     * @param firstOffset where the leader's files begin, always at a batch: a log that ends below
     *     starts there
     * @param logStart the leader's log start offset, at {@code firstOffset} or above; records below
     *     are trimmed
     * @param producers the leader's states of producers below {@code firstOffset}, for a log that
     *     starts there (R34); empty for others
     */
    record EpochEndOffset(
            UUID topic,
            long request,
            OptionalInt epochFound,
            long endOffset,
            long firstOffset,
            long logStart,
            ByteBuffer producers) {}

    /**
     * Whole record batches, one after the other, as stored in the leader's log.
     *
     * @param baseOffset of the first one; must be the follower's log end offset
     * @param highWatermark the leader's; empty for a topic that has none
     * @param batches from position to limit; owned by the receiver
     */
    record Append(
            int epoch, UUID topic, long baseOffset, OptionalLong highWatermark, ByteBuffer batches)
            implements Message {}

    /**
     * Sent periodically, and when high watermarks have advanced without an append to carry them.
     *
     * @param beat repeated in {@link Alive}
     * @param watermarks those that have changed since the last message to this follower
     */
    record Heartbeat(int epoch, long beat, List<Watermark> watermarks) implements Message {
        public Heartbeat {
            watermarks = List.copyOf(watermarks);
        }
    }

    /**
     * The high watermark of one topic.
     *
     * @param highWatermark exclusive; empty: the topic has none any more
     */
    record Watermark(UUID topic, OptionalLong highWatermark) {}

    /** For logs and errors. */
    static String nameOf(@Nullable Message message) {
        return message == null ? "nothing" : message.getClass().getSimpleName();
    }
}
