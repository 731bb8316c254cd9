package io.lignum.cluster.peer;

import java.nio.ByteBuffer;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.UUID;

/**
 * A request from one node to another, outside a stream. Each kind has its {@link PeerResponse}, or
 * fails with {@link PeerException}.
 */
public sealed interface PeerRequest {

    /**
     * Asks for log ends and epoch, before an election and a recovery. Response:
     * {@link PeerResponse.Progress}.
     */
    record LogEndRequest(Member sender, int epoch) implements PeerRequest {}

    /**
     * Asks for batches that continue a log, for a new leader's {@code wal} topics (R29). Response:
     * {@link PeerResponse.Batches}, empty if the other log does not continue this one.
     *
     * @param lastEpoch of the last batch; empty for an empty log
     * @param fromOffset the log end offset of the node that asks
     */
    record Continuation(
            Member sender,
            int epoch,
            UUID topic,
            OptionalInt lastEpoch,
            long fromOffset,
            int maxBytes)
            implements PeerRequest {}

    /**
     * Asks for the offset up to which a linearizable read must be able to read (R25). Response:
     * {@link PeerResponse.ReadUpTo}.
     */
    record ReadIndex(Member sender, int epoch, UUID topic) implements PeerRequest {}

    /**
     * Forwards a client's append. Response: {@link PeerResponse.Appended}.
     *
     * @param batch one record batch without offset and epoch; from position to limit
     * @param expectedEnd append only at this log end offset
     * @param mayCreate whether the topic may be created
     */
    record Append(
            Member sender,
            int epoch,
            String topic,
            ByteBuffer batch,
            OptionalLong expectedEnd,
            boolean mayCreate)
            implements PeerRequest {}

    /** Execute this command as the leader. Each {@link LeaderCommand} names its answer. */
    record Command(Member sender, int epoch, LeaderCommand command) implements PeerRequest {}
}
