package io.lignum.server.service;

import io.lignum.cluster.AppendResult;
import io.lignum.cluster.NotLeaderPolicy;
import io.lignum.record.BatchValidator;
import io.lignum.record.DecompressionLimit;
import io.lignum.record.LogRecord;
import io.lignum.record.RecordBatch;
import io.lignum.record.RecordBatchBuilder;
import io.lignum.record.RecordException;
import io.lignum.server.config.Limits;
import io.lignum.server.config.ServerConfig;
import io.lignum.storage.AppendOptions;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;

/** Appends for clients: checks sizes, counts what is in flight, and creates topics. Any thread. */
final class AppendService {

    private final NodeState state;
    private final Limits limits;
    private final ServiceListener listener;
    private final Supplier<MemoryLease> memory;
    private final Permits appends;
    private final Permits bytes;

    AppendService(
            NodeState state,
            Limits limits,
            ServiceListener listener,
            Supplier<MemoryLease> memory) {
        this.state = state;
        this.limits = limits;
        this.listener = listener;
        this.memory = memory;
        this.appends = new Permits(
                ErrorCode.OVERLOADED,
                "wal.queue-size",
                limits.appendQueue(),
                "appends wait for their answer");
        this.bytes = new Permits(
                ErrorCode.OVERLOADED,
                "limits.max-bytes-in-flight",
                limits.maxBytesInFlight(),
                "bytes of messages wait for their answer");
    }

    CompletableFuture<AppendResult> produce(
            String topic, LogRecord record, NotLeaderPolicy elsewhere) {
        return guarded(
                topic,
                1,
                () -> checkedSize(record),
                writes -> writes.append(topic, record, elsewhere));
    }

    CompletableFuture<AppendResult> produce(
            String topic,
            List<LogRecord> records,
            AppendOptions options,
            NotLeaderPolicy elsewhere) {
        return guarded(
                topic,
                records.size(),
                () -> checkedSize(records),
                writes -> writes.append(topic, records, options, elsewhere));
    }

    CompletableFuture<AppendResult> produceBuilt(
            String topic, ByteBuffer batch, AppendOptions options, NotLeaderPolicy elsewhere) {
        return guarded(
                topic,
                countOf(batch),
                () -> checkedSize(batch),
                writes -> writes.append(topic, batch, options, elsewhere));
    }

    private interface SizeCheck {
        /**
         * The bytes of the messages; throws ServiceException or RecordException if they are too
         * large.
         */
        long bytes();
    }

    private CompletableFuture<AppendResult> guarded(
            String topic,
            int count,
            SizeCheck check,
            Function<Writes, CompletableFuture<AppendResult>> append) {
        listener.produceRequested();
        long startNanos = System.nanoTime();
        try {
            long size = check.bytes();
            take(size);
            CompletableFuture<AppendResult> appended;
            try {
                appended = append.apply(state.writes());
            } catch (RuntimeException | Error e) {
                giveBack(size);
                throw e;
            }
            return appended.handle((done, error) -> {
                giveBack(size);
                if (error != null) {
                    throw failed(error);
                }
                listener.produced(topic, count, size, System.nanoTime() - startNanos);
                return done;
            });
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(failed(e));
        }
    }

    private ServiceException failed(Throwable error) {
        ServiceException failure = ServiceException.of(error);
        listener.failed(failure.code());
        return failure;
    }

    private void take(long size) {
        appends.take(1);
        try {
            bytes.take(size);
        } catch (ServiceException e) {
            appends.giveBack(1);
            throw e;
        }
    }

    private void giveBack(long size) {
        bytes.giveBack(size);
        appends.giveBack(1);
    }

    private long checkedSize(LogRecord record) {
        long size = record.payloadBytes();
        if (size > limits.messageMaxBytes()) {
            throw messageTooLarge("the message has " + size + " bytes");
        }
        return size;
    }

    private long checkedSize(LogRecord record, int index) {
        long size = record.payloadBytes();
        if (size > limits.messageMaxBytes()) {
            throw messageTooLarge("message [" + index + "] of the batch has " + size + " bytes");
        }
        return size;
    }

    private ServiceException messageTooLarge(String message) {
        return ServiceException.overLimit(
                ErrorCode.MESSAGE_TOO_LARGE,
                "limits.message-max-bytes",
                limits.messageMaxBytes(),
                message);
    }

    private long checkedSize(List<LogRecord> records) {
        if (records.isEmpty()) {
            throw ServiceException.invalid("messages", "a batch needs at least one message");
        }
        checkCount(records.size());
        long encoded = RecordBatch.HEADER_BYTES;
        long size = 0;
        for (int i = 0; i < records.size(); i++) {
            LogRecord record = records.get(i);
            size += checkedSize(record, i);
            encoded += RecordBatchBuilder.sizeInBytes(record);
        }
        checkBatch(encoded, records.size());
        return size;
    }

    private long checkedSize(ByteBuffer batch) {
        int count = countOf(batch);
        checkBatch(batch.remaining(), count);
        try (MemoryLease unpacked = memory.get()) {
            BatchValidator.validate(
                    batch,
                    batch.position(),
                    mostBytes(count),
                    new DecompressionLimit(limits.batchMaxUncompressedBytes(), unpacked::reserve),
                    limits.messageMaxBytes());
        } catch (RecordException.TooLarge e) {
            throw tooLarge(e);
        }
        checkCount(count);
        return batch.remaining();
    }

    private ServiceException tooLarge(RecordException.TooLarge e) {
        return switch (e.subject()) {
            case RECORD ->
                messageTooLarge("a message of the batch is too large: " + e.getMessage());
            case UNCOMPRESSED ->
                ServiceException.overLimit(
                        ErrorCode.BATCH_TOO_LARGE,
                        "limits.batch-max-uncompressed-bytes",
                        limits.batchMaxUncompressedBytes(),
                        "the batch is too large: " + e.getMessage());
            case BATCH ->
                ServiceException.overLimit(
                        ErrorCode.BATCH_TOO_LARGE,
                        "limits.batch-max-bytes",
                        limits.batchMaxBytes(),
                        "the batch is too large: " + e.getMessage());
        };
    }

    /**
     * The number of records; 0 if the bytes are too few for a batch, which the validator refuses
     * later.
     */
    private static int countOf(ByteBuffer batch) {
        return batch.remaining() < RecordBatch.HEADER_BYTES
                ? 0
                : RecordBatch.at(batch, batch.position()).recordCount();
    }

    private void checkCount(int count) {
        if (count > limits.batchMaxRecords()) {
            throw ServiceException.overLimit(
                    ErrorCode.BATCH_TOO_LARGE,
                    "limits.batch-max-records",
                    limits.batchMaxRecords(),
                    "the batch has " + count + " messages");
        }
    }

    private void checkBatch(long size, int count) {
        if (size > mostBytes(count)) {
            throw ServiceException.overLimit(
                    ErrorCode.BATCH_TOO_LARGE,
                    "limits.batch-max-bytes",
                    limits.batchMaxBytes(),
                    "the batch has " + size + " bytes");
        }
    }

    /**
     * The limit of a batch: a message of the allowed size always fits, with what the format adds.
     */
    private int mostBytes(int count) {
        return limits.batchMaxBytes() + (count == 1 ? ServerConfig.BATCH_HEADROOM_BYTES : 0);
    }

    long appendsInFlight() {
        return appends.taken();
    }

    long bytesInFlight() {
        return bytes.taken();
    }
}
