package io.lignum.client;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.CompletableFuture;

/**
 * Sends records to one topic. Any thread may use it; the records of one thread keep their order.
 * {@link LignumClient#producer} opens one.
 *
 * <p>Each future ends within the delivery timeout: with the record's offset when the node has
 * acknowledged the record, or with a {@link LignumException} whose outcome says whether the record
 * may be in the log. Cancelling a future does not recall the record.
 *
 * <p>Unless the client has a callback executor, its I/O thread completes the futures. Continuations
 * must not block there; the Async methods of {@link CompletableFuture} move them elsewhere.
 */
public interface Producer<K, V> extends AutoCloseable {

    /** Sends a value without a key, as {@link #send(ProducerRecord)} does. */
    CompletableFuture<Long> send(V value);

    /**
     * Sends a key and a value, as {@link #send(ProducerRecord)} does.
     *
     * @param key null sends a record without a key
     * @param value null sends a record without a value
     */
    CompletableFuture<Long> send(@Nullable K key, @Nullable V value);

    /**
     * Accepts a record for sending. The codecs have encoded it when this returns. Blocks only while
     * the producer holds as many bytes as it may, and only if {@link WhenFull} says so; an
     * interrupt ends the wait with {@link LignumException.BufferFull}.
     *
     * @return the record's offset; or, at once, a failure with {@link LignumException.Closed},
     *     {@link LignumException.BufferFull} or {@link LignumException.TooLarge}
     * @throws IllegalStateException the call would have to wait on the client's I/O thread
     * @throws RuntimeException the codec cannot encode the key or the value
     */
    CompletableFuture<Long> send(ProducerRecord<K, V> record);

    /**
     * Sends at once the records that wait for the end of {@code linger}.
     *
     * @return completes when all records accepted before this call have ended, successfully or not;
     *     never fails
     */
    CompletableFuture<Void> flush();

    /**
     * Refuses further records and waits until those before have ended, at most for the delivery
     * timeout; an interrupt ends the wait. Records that have not ended by then fail with {@link
     * LignumException.Closed}.
     *
     * @throws IllegalStateException on the client's I/O thread
     */
    @Override
    void close();
}
