package io.lignum.client;

import io.lignum.record.Compression;

import java.time.Duration;
import java.util.Optional;

/** Settings of a producer. One thread at a time. */
public final class ProducerBuilder<K, V> {

    private static final int LARGEST_BATCH = 64 << 20;

    private final LignumClient client;
    private final Codec<K> keys;
    private final Codec<V> values;
    private ProducerSettings settings;

    ProducerBuilder(LignumClient client, String topic, Codec<K> keys, Codec<V> values) {
        this(client, ProducerSettings.of(topic), keys, values);
    }

    private ProducerBuilder(
            LignumClient client, ProducerSettings settings, Codec<K> keys, Codec<V> values) {
        this.client = client;
        this.settings = settings;
        this.keys = keys;
        this.values = values;
    }

    /** How keys become bytes. */
    public <T> ProducerBuilder<T, V> keys(Codec<T> codec) {
        return new ProducerBuilder<>(client, settings, codec, values);
    }

    /** How values become bytes. */
    public <T> ProducerBuilder<K, T> values(Codec<T> codec) {
        return new ProducerBuilder<>(client, settings, keys, codec);
    }

    /**
     * How long a batch that is not full waits for more records. Default zero: it leaves as soon as
     * hardly anything is on its way, so that one record at a time has no delay, and many at once
     * share batches by themselves.
     */
    public ProducerBuilder<K, V> linger(Duration time) {
        Duration checked = Checks.notNegative("linger", time);
        settings = settings.with(draft -> draft.linger = checked);
        return this;
    }

    /**
     * Size of a full batch before compression, 1 KiB to 64 MiB, and at most the node's {@code
     * limits.batch-max-bytes}. Default 256 KiB. A larger record has a batch of its own.
     */
    public ProducerBuilder<K, V> batchBytes(int bytes) {
        int checked = (int) Checks.range("batchBytes", bytes, 1 << 10, LARGEST_BATCH);
        settings = settings.with(draft -> draft.batchBytes = checked);
        return this;
    }

    /** Default none; lz4 and zstd need their libraries, see {@link Compression}. */
    public ProducerBuilder<K, V> compression(Compression compression) {
        if (!compression.isSupported()) {
            throw new IllegalArgumentException(compression + " is not supported");
        }
        settings = settings.with(draft -> draft.compression = compression);
        return this;
    }

    /**
     * Bound on the encoded records, each with 64 bytes for its future, that are accepted and not
     * yet answered; at least 64 KiB. Default 32 MiB.
     */
    public ProducerBuilder<K, V> maxBytesInFlight(long bytes) {
        long checked = Checks.range("maxBytesInFlight", bytes, 64 << 10, Long.MAX_VALUE);
        settings = settings.with(draft -> draft.maxBytesInFlight = checked);
        return this;
    }

    /** What {@code send} does when that bound is reached. Default {@link WhenFull#block}. */
    public ProducerBuilder<K, V> whenFull(WhenFull choice) {
        settings = settings.with(draft -> draft.whenFull = choice);
        return this;
    }

    /**
     * From {@code send} until its future has ended one way or the other, all tries included.
     * Default 2 minutes.
     */
    public ProducerBuilder<K, V> deliveryTimeout(Duration time) {
        Duration checked = Checks.positive("deliveryTimeout", time);
        settings = settings.with(draft -> draft.deliveryTimeout = checked);
        return this;
    }

    /** Who the producer is; see {@link ProducerIdentity}. Default: a random id. */
    public ProducerBuilder<K, V> identity(ProducerIdentity identity) {
        settings = settings.with(draft -> draft.identity = Optional.of(identity));
        return this;
    }

    /**
     * Default true: each record is in the log once and in order, whatever is sent again. False:
     * what has an unknown outcome is not sent again but fails so, and order may change over a
     * failure.
     */
    public ProducerBuilder<K, V> idempotent(boolean idempotent) {
        settings = settings.with(draft -> draft.idempotent = idempotent);
        return this;
    }

    /**
     * The producer; talks to the node when there is something to send.
     *
     * @throws IllegalArgumentException settings contradict each other
     * @throws io.lignum.record.RecordException.MissingCodec the codec's library is not there
     */
    public Producer<K, V> open() {
        return Producer.open(client, settings.checked(), keys, values);
    }
}
