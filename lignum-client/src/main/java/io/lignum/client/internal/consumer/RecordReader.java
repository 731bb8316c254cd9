package io.lignum.client.internal.consumer;

import io.lignum.client.Codec;
import io.lignum.client.LignumException;
import io.lignum.client.LignumException.Outcome;
import io.lignum.client.Received;
import io.lignum.client.StoredPosition;
import io.lignum.client.internal.errors.Errors;
import io.lignum.client.internal.net.Connection;
import io.lignum.record.BatchStatus;
import io.lignum.record.RecordBatch;
import io.lignum.record.RecordCursor;
import io.lignum.record.RecordException;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/**
 * Decodes the records of a {@link SubscriptionClient}'s batches, and checks that their offsets have
 * no gap and no repeat. One thread at a time, except {@link #started}, {@link #position},
 * {@link #logEnd} and {@link #close}, which any thread may call.
 */
final class RecordReader<K, V> {

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final ConsumerSettings settings;
    private final Codec<K> keys;
    private final Codec<V> values;
    private final SubscriptionClient subscription;

    private final RecordBatch batch = new RecordBatch();
    private final RecordCursor cursor = new RecordCursor();
    private ByteBuffer chunk = NOTHING;
    private int at;
    private boolean inBatch;
    /** Whether the first chunk of the current topic has arrived. */
    private boolean firstReceived;

    private volatile long position;
    private Optional<UUID> topicId = Optional.empty();
    private SubscriptionBuffer.@Nullable End end;

    RecordReader(Connection connection, ConsumerSettings settings, Codec<K> keys, Codec<V> values) {
        this.settings = settings;
        this.keys = keys;
        this.values = values;
        this.subscription = new SubscriptionClient(connection, settings);
        this.position = settings.resumed()
                .map(StoredPosition::nextOffset)
                .orElseGet(() -> switch (settings.start().kind()) {
                    case OFFSET -> settings.start().number();
                    case BEGINNING, END, TIME -> 0L;
                });
    }

    /** Starts to read ahead. Calls the listener on the I/O thread for each item that arrives. */
    void start(Runnable onItem) {
        // Completes before the first item is there, so this thread has not moved the position yet.
        var unused = subscription.started().thenAccept(offset -> position = offset);
        subscription.buffer().onItem(onItem);
        subscription.start();
    }

    String topic() {
        return settings.topic();
    }

    /** The position behind a record that {@link #next()} has just returned. */
    StoredPosition behind(Received<K, V> record) {
        return new StoredPosition(record.offset() + 1, topicId);
    }

    /** Any thread. */
    CompletableFuture<Long> started() {
        return subscription.started();
    }

    /** Any thread. */
    long position() {
        return position;
    }

    /** Any thread. */
    OptionalLong logEnd() {
        return subscription.logEnd();
    }

    /** Any thread. */
    void close() {
        subscription.close();
    }

    /** Whether {@code toOffset} is reached. */
    boolean isAtEnd() {
        return end != null && end.error() == null;
    }

    /**
     * Returns the next record; null if no record is available now, or the reader has ended.
     *
     * @throws LignumException reading cannot continue; after UndecodableRecord it can
     */
    @Nullable
    Received<K, V> next() {
        while (true) {
            Received<K, V> record = nextOfChunk();
            if (record != null) {
                return record;
            }
            SubscriptionBuffer.Item item = end == null ? subscription.buffer().poll() : null;
            if (item == null) {
                throwEnd();
                return null;
            }
            take(item);
        }
    }

    /** Like {@link #next()}, but waits at most this long for a record. */
    @Nullable
    Received<K, V> next(long nanos) throws InterruptedException {
        long deadline = System.nanoTime() + nanos;
        while (true) {
            Received<K, V> record = next();
            if (record != null || end != null) {
                return record;
            }
            SubscriptionBuffer.Item item = subscription.buffer().poll(deadline - System.nanoTime());
            if (item == null) {
                return null;
            }
            take(item);
        }
    }

    private void take(SubscriptionBuffer.Item item) {
        if (item instanceof SubscriptionBuffer.End last) {
            end = last;
        } else if (item instanceof SubscriptionBuffer.Chunk next) {
            if (!firstReceived) {
                firstReceived = true;
                position = next.from();
            }
            chunk = next.batches();
            at = 0;
        } else if (item instanceof SubscriptionBuffer.Rewind rewind) {
            position = Math.min(position, rewind.to());
        } else if (item instanceof SubscriptionBuffer.TopicKnown topic) {
            topicId = Optional.of(topic.id());
            firstReceived &= !topic.startsOver();
        }
    }

    private void throwEnd() {
        if (end != null && end.error() != null) {
            throw end.error();
        }
    }

    private @Nullable Received<K, V> nextOfChunk() {
        try {
            while (inBatch || nextBatch()) {
                while (cursor.next()) {
                    long offset = cursor.offset();
                    if (offset >= position) {
                        return received(offset);
                    }
                }
                inBatch = false;
            }
            return null;
        } catch (RecordException broken) {
            throw fail(Errors.unreadable(broken));
        }
    }

    private boolean nextBatch() {
        if (at >= chunk.limit()) {
            int bytes = chunk.limit();
            chunk = NOTHING;
            at = 0;
            if (bytes > 0) {
                subscription.consumed(bytes);
            }
            return false;
        }
        BatchStatus status = RecordBatch.check(chunk, at, chunk.limit());
        if (status != BatchStatus.VALID) {
            throw fail(Errors.invalidAnswer("an invalid batch: " + status, Outcome.NONE, null));
        }
        batch.wrap(chunk, at);
        if (batch.nextOffset() <= position
                || (batch.baseOffset() > position && !settings.skipTrimmed())) {
            throw fail(Errors.invalidAnswer(
                    "a batch with offsets " + batch.baseOffset() + " to " + batch.lastOffset()
                            + " where offset " + position + " comes next",
                    Outcome.NONE,
                    null));
        }
        batch.records(cursor, RecordBatch.DEFAULT_MAX_UNCOMPRESSED_BYTES);
        at += batch.sizeInBytes();
        inBatch = true;
        return true;
    }

    private @Nullable Received<K, V> received(long offset) {
        if (settings.toOffset().isPresent() && offset >= settings.toOffset().getAsLong()) {
            // Batches are not split, so the last one may go beyond the end.
            end = new SubscriptionBuffer.End(null);
            chunk = NOTHING;
            inBatch = false;
            subscription.close();
            return null;
        }
        position = offset + 1;
        try {
            return new Received<>(
                    settings.topic(),
                    offset,
                    cursor.timestamp(),
                    decode(keys, cursor.key()),
                    decode(values, cursor.value()),
                    cursor.headers());
        } catch (RecordException broken) {
            throw broken;
        } catch (RuntimeException undecodable) {
            throw Errors.undecodable(settings.topic(), offset, undecodable);
        }
    }

    private static <T> @Nullable T decode(Codec<T> codec, byte @Nullable [] bytes) {
        return bytes == null ? null : codec.decode(bytes);
    }

    private LignumException fail(LignumException error) {
        end = new SubscriptionBuffer.End(error);
        chunk = NOTHING;
        inBatch = false;
        subscription.close();
        return error;
    }
}
