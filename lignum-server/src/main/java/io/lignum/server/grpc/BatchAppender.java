package io.lignum.server.grpc;

import com.google.protobuf.ByteString;

import io.lignum.api.AppendRequest;
import io.lignum.api.Batch;
import io.lignum.api.Producer;
import io.lignum.cluster.AppendResult;
import io.lignum.cluster.NotLeaderPolicy;
import io.lignum.record.ProducerStamp;
import io.lignum.record.RecordBatch;
import io.lignum.server.service.ServiceException;
import io.lignum.server.service.Session;
import io.lignum.storage.AppendOptions;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/**
 * Appends one batch from the wire to the log, for {@link ProduceStream} and the unary calls. Any
 * thread; never throws, errors are in the future.
 */
final class BatchAppender {

    /** The cost of {@link #append} for the calling thread. */
    enum Effort {
        LITTLE,
        COMPUTES,
        TOUCHES_FILES
    }

    private static final int MUCH_BYTES = 512 * 1024;

    private final Session session;

    BatchAppender(Session session) {
        this.session = session;
    }

    /** The creation of a topic touches files; many or compressed bytes need computing. */
    Effort effort(AppendRequest request) {
        if (!session.hasTopic(request.getTopic())) {
            return Effort.TOUCHES_FILES;
        }
        Batch batch = request.getBatch();
        boolean much = batch.getSerializedSize() > MUCH_BYTES || isCompressed(batch.getRaw());
        return much ? Effort.COMPUTES : Effort.LITTLE;
    }

    /** The bytes may stand anywhere in a buffer that holds the whole request. */
    static boolean isCompressed(ByteString raw) {
        ByteBuffer batch = raw.asReadOnlyByteBuffer();
        return raw.size() >= RecordBatch.HEADER_BYTES
                && RecordBatch.at(batch, batch.position()).isCompressed();
    }

    CompletableFuture<AppendResult> append(AppendRequest request) {
        try {
            return switch (request.getBatch().getContentCase()) {
                case RAW -> appendRaw(request);
                case MESSAGES -> appendMessages(request);
                case CONTENT_NOT_SET ->
                    throw ServiceException.invalid("batch", "batch is empty: give raw or messages");
            };
        } catch (ServiceException refused) {
            return CompletableFuture.failedFuture(refused);
        }
    }

    /** Passes the bytes on without a copy; the engine makes the only one. */
    private CompletableFuture<AppendResult> appendRaw(AppendRequest request) {
        if (request.hasProducer()) {
            throw ServiceException.invalid(
                    "producer", "a raw batch carries its producer in its header");
        }
        return session.produceBuilt(
                request.getTopic(),
                request.getBatch().getRaw().asReadOnlyByteBuffer(),
                new AppendOptions(expectedEnd(request), null),
                elsewhere(request));
    }

    private CompletableFuture<AppendResult> appendMessages(AppendRequest request) {
        AppendOptions options = new AppendOptions(expectedEnd(request), producer(request));
        return session.produce(
                request.getTopic(),
                WireMessages.toRecords(request.getBatch().getMessages().getMessageList()),
                options,
                elsewhere(request));
    }

    private static NotLeaderPolicy elsewhere(AppendRequest request) {
        return request.getNoForward() ? NotLeaderPolicy.REFUSE : NotLeaderPolicy.FORWARD;
    }

    private static OptionalLong expectedEnd(AppendRequest request) {
        if (!request.hasExpectedEndOffset()) {
            return OptionalLong.empty();
        }
        return OptionalLong.of(notNegative("expected_end_offset", request.getExpectedEndOffset()));
    }

    private static @Nullable ProducerStamp producer(AppendRequest request) {
        if (!request.hasProducer()) {
            return null;
        }
        Producer producer = request.getProducer();
        if (producer.getEpoch() < 0 || producer.getEpoch() > Short.MAX_VALUE) {
            throw ServiceException.invalid(
                    "producer.epoch", "producer.epoch must be 0 to " + Short.MAX_VALUE);
        }
        return new ProducerStamp(
                notNegative("producer.id", producer.getId()), (short) producer.getEpoch(), (int)
                        notNegative("producer.sequence", producer.getSequence()));
    }

    private static long notNegative(String field, long value) {
        if (value < 0) {
            throw ServiceException.invalid(
                    field, field + " must be at most 2^63-1 (2^31-1 for a sequence)");
        }
        return value;
    }
}
