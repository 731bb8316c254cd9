package io.lignum.cluster.peer;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.UUID;

/**
 * What travels on the stream that a follower opens to its leader. Every message carries its
 * sender's epoch (R9); whom it is from was said in {@link Register} respectively {@link Welcome},
 * the first message of each side.
 */
public sealed interface Message {

    int epoch();

    // ---- from the follower

    /**
     * The first message: who asks to follow.
     *
     * @param failure what ended the stream before this one on the follower's side, if it could not
     *     keep what came
     */
    record Register(
            int epoch,
            Member follower,
            UUID clusterId,
            NodeAddress address,
            Optional<String> failure)
            implements Message {}

    /** Where the follower's logs end, to learn where they part from the leader's (R19). */
    record LastBatchPositions(int epoch, List<LastBatchPosition> positions) implements Message {
        public LastBatchPositions {
            positions = List.copyOf(positions);
        }
    }

    /**
     * Where one log ends.
     *
     * @param request numbers the requests of this follower's process; the answer repeats it
     * @param lastEpoch epoch of the last batch; empty for an empty log, and for one of which the
     *     leader has nothing: the answer has what such a log is to start with
     * @param endOffset exclusive
     */
    record LastBatchPosition(UUID topic, long request, OptionalInt lastEpoch, long endOffset) {}

    /** All bytes below these offsets are there, and durable (R12). */
    record Acks(int epoch, List<Ack> acks) implements Message {
        public Acks {
            acks = List.copyOf(acks);
        }
    }

    /**
     * How far one log is.
     *
     * @param endOffset exclusive end of what was appended
     * @param durableEnd exclusive end of what is forced; at most {@code endOffset}
     */
    record Ack(UUID topic, long endOffset, long durableEnd) {}

    /** The answer to a heartbeat: the follower's loop runs. */
    record Alive(int epoch, long beat) implements Message {}

    // ---- from the leader

    /** The first answer: the leader of this epoch takes the follower. */
    record Welcome(int epoch, Member leader) implements Message {}

    /** The only answer: not taken, and why. {@code epoch} is the refuser's. The stream ends. */
    record Refused(int epoch, Reason reason, String text) implements Message {

        /** Why a follower is not taken. */
        public enum Reason {
            /** The node asked does not lead; or the epoch asked for is older than its own. */
            NOT_LEADER,
            /** Another cluster's id. */
            WRONG_CLUSTER,
            /**
             * The log ends below what this pair has acknowledged in this epoch: it must renew its
             * incarnation (R17).
             */
            DATA_LOST
        }
    }

    /** Where the follower's logs part from the leader's. */
    record EpochEndOffsets(int epoch, List<EpochEndOffset> partings) implements Message {
        public EpochEndOffsets {
            partings = List.copyOf(partings);
        }
    }

    /**
     * Where one log parts from the leader's.
     *
     * @param request of the position that is answered
     * @param epochFound the leader's largest epoch not above the follower's last; empty: none
     * @param endOffset where that epoch ends in the leader's log; where the log ends if there is
     *     none
     * @param firstOffset where the leader's files begin, which is where a batch does: a log that
     *     ends below starts over there
     * @param logStart the leader's log start, at {@code firstOffset} or above: what is below is
     *     trimmed
     * @param producers what the leader knows of producers' batches below {@code firstOffset}, for a
     *     log that is to start there (R34); empty for others
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
     * Whole record batches, one after the other, as they stand in the leader's log.
     *
     * @param baseOffset of the first one; must be the follower's log end offset
     * @param highWatermark as the leader knows it; empty for a topic that has none
     * @param batches from position to limit; the receiver's own
     */
    record Append(
            int epoch, UUID topic, long baseOffset, OptionalLong highWatermark, ByteBuffer batches)
            implements Message {}

    /**
     * Sent every so often and when high watermarks rise without an append to carry them.
     *
     * @param beat to be answered by {@link Alive}
     * @param watermarks those that changed since this follower was told
     */
    record Heartbeat(int epoch, long beat, List<Watermark> watermarks) implements Message {
        public Heartbeat {
            watermarks = List.copyOf(watermarks);
        }
    }

    /**
     * How far one topic is committed.
     *
     * @param highWatermark exclusive; empty: the topic has none any more
     */
    record Watermark(UUID topic, OptionalLong highWatermark) {}

    /** For logs and errors. */
    static String nameOf(@Nullable Message message) {
        return message == null ? "nothing" : message.getClass().getSimpleName();
    }
}
