package io.lignum.client.internal.producer;

import io.lignum.client.Codec;
import io.lignum.client.Producer;
import io.lignum.client.ProducerBuilder;
import io.lignum.client.ProducerIdentity;
import io.lignum.client.WhenFull;
import io.lignum.client.internal.errors.Checks;
import io.lignum.client.internal.net.ClientContext;
import io.lignum.record.Compression;

import java.time.Duration;
import java.util.Optional;

/** Collects and checks the settings of a producer. One thread at a time. */
public final class DefaultProducerBuilder<K, V> implements ProducerBuilder<K, V> {

    private static final int LARGEST_BATCH = 64 << 20;

    private final ClientContext context;
    private final Codec<K> keys;
    private final Codec<V> values;
    private ProducerSettings settings;

    public DefaultProducerBuilder(
            ClientContext context, String topic, Codec<K> keys, Codec<V> values) {
        this(context, ProducerSettings.of(topic), keys, values);
    }

    private DefaultProducerBuilder(
            ClientContext context, ProducerSettings settings, Codec<K> keys, Codec<V> values) {
        this.context = context;
        this.settings = settings;
        this.keys = keys;
        this.values = values;
    }

    @Override
    public <T> ProducerBuilder<T, V> keys(Codec<T> codec) {
        return new DefaultProducerBuilder<>(context, settings, codec, values);
    }

    @Override
    public <T> ProducerBuilder<K, T> values(Codec<T> codec) {
        return new DefaultProducerBuilder<>(context, settings, keys, codec);
    }

    @Override
    public ProducerBuilder<K, V> linger(Duration time) {
        Duration checked = Checks.notNegative("linger", time);
        settings = settings.with(draft -> draft.linger = checked);
        return this;
    }

    @Override
    public ProducerBuilder<K, V> batchBytes(int bytes) {
        int checked = (int) Checks.range("batchBytes", bytes, 1 << 10, LARGEST_BATCH);
        settings = settings.with(draft -> draft.batchBytes = checked);
        return this;
    }

    @Override
    public ProducerBuilder<K, V> compression(Compression compression) {
        if (!compression.isSupported()) {
            throw new IllegalArgumentException(compression + " is not supported");
        }
        settings = settings.with(draft -> draft.compression = compression);
        return this;
    }

    @Override
    public ProducerBuilder<K, V> maxBytesInFlight(long bytes) {
        long checked = Checks.range("maxBytesInFlight", bytes, 64 << 10, Long.MAX_VALUE);
        settings = settings.with(draft -> draft.maxBytesInFlight = checked);
        return this;
    }

    @Override
    public ProducerBuilder<K, V> whenFull(WhenFull choice) {
        settings = settings.with(draft -> draft.whenFull = choice);
        return this;
    }

    @Override
    public ProducerBuilder<K, V> deliveryTimeout(Duration time) {
        Duration checked = Checks.positive("deliveryTimeout", time);
        settings = settings.with(draft -> draft.deliveryTimeout = checked);
        return this;
    }

    @Override
    public ProducerBuilder<K, V> identity(ProducerIdentity identity) {
        settings = settings.with(draft -> draft.identity = Optional.of(identity));
        return this;
    }

    @Override
    public ProducerBuilder<K, V> idempotent(boolean idempotent) {
        settings = settings.with(draft -> draft.idempotent = idempotent);
        return this;
    }

    @Override
    public Producer<K, V> open() {
        return DefaultProducer.open(context, settings.checked(), keys, values);
    }
}
