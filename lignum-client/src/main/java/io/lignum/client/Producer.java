package io.lignum.client;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.CompletableFuture;

/**
 * Sends records to one topic. Any thread. Records of one thread keep their order.
 *
 * <p>A future ends within the delivery timeout: with the record's offset once the node has
 * acknowledged it, or with a {@link LignumException} whose outcome says whether it may be in the log
 * nevertheless. Cancelling a future does not take the record back.
 *
 * <p>Without a callback executor futures are completed on the client's I/O thread: what depends on
 * them must not block; use the Async forms of {@link CompletableFuture} for what does.
 */
@SuppressWarnings("DoNotCallSuggester") // Goes with the bodies to come.
public final class Producer<K, V> implements AutoCloseable {

    private Producer() {}

    static <K, V> Producer<K, V> open(
            LignumClient client, ProducerSettings settings, Codec<K> keys, Codec<V> values) {
        throw new UnsupportedOperationException();
    }

    /** As {@link #send(ProducerRecord)}, of a value alone. */
    public CompletableFuture<Long> send(V value) {
        throw new UnsupportedOperationException();
    }

    /** As {@link #send(ProducerRecord)}, of key and value; null: the record has none. */
    public CompletableFuture<Long> send(@Nullable K key, @Nullable V value) {
        throw new UnsupportedOperationException();
    }

    /**
     * Takes the record to be sent; its bytes are copied before this returns. Blocks only while the
     * producer holds as many bytes as it may, and only if {@link WhenFull} says so.
     *
     * @return the offset, later; or the failure: {@link LignumException.Closed}, {@link
     *     LignumException.BufferFull} and {@link LignumException.TooLarge} at once
     */
    public CompletableFuture<Long> send(ProducerRecord<K, V> record) {
        throw new UnsupportedOperationException();
    }

    /**
     * Does not wait for linger any more.
     *
     * @return done when everything sent before has ended, well or not
     */
    public CompletableFuture<Void> flush() {
        throw new UnsupportedOperationException();
    }

    /**
     * Refuses further records, and waits for those before to end, at most the delivery timeout.
     *
     * @throws IllegalStateException on the client's I/O thread
     */
    @Override
    public void close() {
        throw new UnsupportedOperationException();
    }
}
