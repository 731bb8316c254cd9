package io.lignum.client;

import io.lignum.record.RecordHeader;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Sends records to one topic. Any thread. Records of one thread keep their order.
 *
 * <p>A future ends within the delivery timeout: with the record's offset once the node has
 * acknowledged it, or with a {@link LignumException} whose outcome says whether it may be in the
 * log nevertheless. Cancelling a future does not take the record back.
 *
 * <p>Without a callback executor futures are completed on the client's I/O thread: what depends on
 * them must not block; use the Async forms of {@link CompletableFuture} for what does.
 */
public final class Producer<K, V> implements AutoCloseable {

    private final LignumClient client;
    private final ProducerSettings settings;
    private final Codec<K> keys;
    private final Codec<V> values;
    private final ProducerEngine engine;
    private final Accumulator accumulator;

    private Producer(
            LignumClient client, ProducerSettings settings, Codec<K> keys, Codec<V> values) {
        this.client = client;
        this.settings = settings;
        this.keys = keys;
        this.values = values;
        this.engine = new ProducerEngine(client, settings);
        this.accumulator = engine.accumulator();
    }

    static <K, V> Producer<K, V> open(
            LignumClient client, ProducerSettings settings, Codec<K> keys, Codec<V> values) {
        Producer<K, V> producer = new Producer<>(client, settings, keys, values);
        client.opened(producer);
        return producer;
    }

    /** As {@link #send(ProducerRecord)}, of a value alone. */
    public CompletableFuture<Long> send(V value) {
        return append(System.currentTimeMillis(), null, values.encode(value), List.of());
    }

    /** As {@link #send(ProducerRecord)}, of key and value; null: the record has none. */
    public CompletableFuture<Long> send(@Nullable K key, @Nullable V value) {
        return append(
                System.currentTimeMillis(), encode(keys, key), encode(values, value), List.of());
    }

    /**
     * Takes the record to be sent; its bytes are copied before this returns. Blocks only while the
     * producer holds as many bytes as it may, and only if {@link WhenFull} says so; an interrupt
     * ends that with {@link LignumException.BufferFull}.
     *
     * @return the offset, later; or the failure: {@link LignumException.Closed}, {@link
     *     LignumException.BufferFull} and {@link LignumException.TooLarge} at once
     * @throws IllegalStateException it would have to wait on the client's I/O thread
     */
    public CompletableFuture<Long> send(ProducerRecord<K, V> record) {
        return append(
                record.timestamp().isPresent()
                        ? record.timestamp().getAsLong()
                        : System.currentTimeMillis(),
                encode(keys, record.key()),
                encode(values, record.value()),
                record.headers());
    }

    private CompletableFuture<Long> append(
            long timestamp,
            byte @Nullable [] key,
            byte @Nullable [] value,
            List<RecordHeader> headers) {
        return accumulator.append(timestamp, key, value, headers);
    }

    private static <T> byte @Nullable [] encode(Codec<T> codec, @Nullable T value) {
        return value == null ? null : codec.encode(value);
    }

    /**
     * Sends what waits for linger at once.
     *
     * @return done when everything sent before has ended, well or not; never fails
     */
    public CompletableFuture<Void> flush() {
        return accumulator.flush();
    }

    /**
     * Refuses further records, and waits for those before to end, at most the delivery timeout; an
     * interrupt ends the wait. What has not ended then fails with {@link LignumException.Closed}.
     *
     * @throws IllegalStateException on the client's I/O thread
     */
    @Override
    public void close() {
        client.connection().refuseOnIoThread("Producer.close");
        accumulator.close();
        try {
            accumulator.flush().get(settings.deliveryTimeout().toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } catch (TimeoutException late) {
            // Then the rest fails below, and its futures tell so.
        } catch (ExecutionException impossible) {
            throw new IllegalStateException("ends of batches never fail", impossible);
        } finally {
            engine.shutDown();
            client.closed(this);
        }
    }
}
