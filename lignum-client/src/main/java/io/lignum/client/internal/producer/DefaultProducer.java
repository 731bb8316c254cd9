package io.lignum.client.internal.producer;

import io.lignum.client.Codec;
import io.lignum.client.Producer;
import io.lignum.client.ProducerRecord;
import io.lignum.client.internal.net.ClientContext;
import io.lignum.record.RecordHeader;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Encodes records and puts them into an {@link Accumulator}, from which the {@link ProducerEngine}
 * sends them. Any thread.
 */
final class DefaultProducer<K, V> implements Producer<K, V> {

    private final ClientContext context;
    private final ProducerSettings settings;
    private final Codec<K> keys;
    private final Codec<V> values;
    private final ProducerEngine engine;
    private final Accumulator accumulator;

    private DefaultProducer(
            ClientContext context, ProducerSettings settings, Codec<K> keys, Codec<V> values) {
        this.context = context;
        this.settings = settings;
        this.keys = keys;
        this.values = values;
        this.engine = new ProducerEngine(context, settings);
        this.accumulator = engine.accumulator();
    }

    static <K, V> Producer<K, V> open(
            ClientContext context, ProducerSettings settings, Codec<K> keys, Codec<V> values) {
        DefaultProducer<K, V> producer = new DefaultProducer<>(context, settings, keys, values);
        context.opened(producer);
        return producer;
    }

    @Override
    public CompletableFuture<Long> send(V value) {
        return append(System.currentTimeMillis(), null, values.encode(value), List.of());
    }

    @Override
    public CompletableFuture<Long> send(@Nullable K key, @Nullable V value) {
        return append(
                System.currentTimeMillis(), encode(keys, key), encode(values, value), List.of());
    }

    @Override
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

    @Override
    public CompletableFuture<Void> flush() {
        return accumulator.flush();
    }

    @Override
    public void close() {
        context.connection().refuseOnIoThread("Producer.close");
        accumulator.close();
        try {
            accumulator.flush().get(settings.deliveryTimeout().toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } catch (TimeoutException late) {
            // The rest fails with Closed below.
        } catch (ExecutionException impossible) {
            throw new IllegalStateException("the end of a batch never fails", impossible);
        } finally {
            engine.shutDown();
            context.closed(this);
        }
    }
}
