package io.lignum.client;

import java.time.Instant;
import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.function.Function;

/**
 * Settings of a consumer, and the four ways to have the records: as an iterator, by a handler that
 * may block, by one that answers with a stage, and as a publisher. One thread at a time.
 */
public final class ConsumerBuilder<K, V> {

    private final LignumClient client;
    private final Codec<K> keys;
    private final Codec<V> values;
    private ConsumerSettings settings;
    private Positions positions = Positions.NONE;

    ConsumerBuilder(LignumClient client, String topic, Codec<K> keys, Codec<V> values) {
        this(client, ConsumerSettings.of(topic), keys, values);
    }

    private ConsumerBuilder(
            LignumClient client, ConsumerSettings settings, Codec<K> keys, Codec<V> values) {
        this.client = client;
        this.settings = settings;
        this.keys = keys;
        this.values = values;
    }

    /** How keys are made of bytes. */
    public <T> ConsumerBuilder<T, V> keys(Codec<T> codec) {
        return with(new ConsumerBuilder<>(client, settings, codec, values));
    }

    /** How values are made of bytes. */
    public <T> ConsumerBuilder<K, T> values(Codec<T> codec) {
        return with(new ConsumerBuilder<>(client, settings, keys, codec));
    }

    private <A, B> ConsumerBuilder<A, B> with(ConsumerBuilder<A, B> other) {
        other.positions = positions;
        return other;
    }

    /** From the first record there is; the default. */
    public ConsumerBuilder<K, V> fromBeginning() {
        return from(Start.BEGINNING);
    }

    /** From the next record to come; {@code started()} says when that began. */
    public ConsumerBuilder<K, V> fromEnd() {
        return from(Start.END);
    }

    /** From this offset, {@code >= 0}; beyond the log's end: once it gets there. */
    public ConsumerBuilder<K, V> fromOffset(long offset) {
        return from(Start.offset(Checks.range("offset", offset, 0, Long.MAX_VALUE)));
    }

    /** From the first record whose timestamp is at or after this; from the end if there is none. */
    public ConsumerBuilder<K, V> fromTime(Instant time) {
        return from(Start.time(time));
    }

    private ConsumerBuilder<K, V> from(Start start) {
        settings = settings.withStart(start);
        return this;
    }

    /** Ends at this offset, exclusive, {@code >= 0}. Default: never. */
    public ConsumerBuilder<K, V> toOffset(long offset) {
        settings = settings.withToOffset(
                OptionalLong.of(Checks.range("toOffset", offset, 0, Long.MAX_VALUE)));
        return this;
    }

    /**
     * Starts where this name left off; the {@code from...} applies only while the store knows
     * nothing of it. One consumer of a name at a time. The position is one in a topic, not in
     * whatever has its name: see {@link #whenRecreated}.
     *
     * @throws IllegalArgumentException the name has half a surrogate pair
     */
    public ConsumerBuilder<K, V> resume(String name, PositionStore store) {
        positions = new Positions(Checks.text("name", name), store);
        return this;
    }

    /** How much to read ahead, 64 KiB to 1 GiB; one batch is always held. Default 4 MiB. */
    public ConsumerBuilder<K, V> bufferBytes(int bytes) {
        settings = settings.withBufferBytes(
                (int) Checks.range("bufferBytes", bytes, 64 << 10, 1 << 30));
        return this;
    }

    /**
     * When records are removed before they were read: true goes on behind them, and a gap shows in
     * the offsets; false, the default, ends with {@link LignumException.OffsetOutOfRange}.
     */
    public ConsumerBuilder<K, V> skipTrimmed(boolean skip) {
        settings = settings.withSkipTrimmed(skip);
        return this;
    }

    /**
     * Reads from this node while it works: its id, or the {@code host:port} of its gRPC port as the
     * client or the cluster knows it. Default: the leader, which has everything first.
     */
    public ConsumerBuilder<K, V> prefer(String node) {
        settings = settings.withPreferred(node);
        return this;
    }

    /**
     * Default true: the consumer begins at nodes only that have what producers of the same client
     * were acknowledged before. False: it takes what a node has.
     */
    public ConsumerBuilder<K, V> readOwnWrites(boolean own) {
        settings = settings.withOwnWrites(own);
        return this;
    }

    /**
     * Begins at nodes only that have all that was acknowledged to anybody before; it fails rather
     * than begin with less. Costs a round trip to the leader, and to the coordinator.
     */
    public ConsumerBuilder<K, V> linearizable() {
        settings = settings.withLinearizable();
        return this;
    }

    /** When a failover has replaced what was read; default {@link WhenTruncated#FAIL}. */
    public ConsumerBuilder<K, V> whenTruncated(WhenTruncated choice) {
        settings = settings.withWhenTruncated(choice);
        return this;
    }

    /** When the topic was deleted and created again; default {@link WhenRecreated#FAIL}. */
    public ConsumerBuilder<K, V> whenRecreated(WhenRecreated choice) {
        settings = settings.withWhenRecreated(choice);
        return this;
    }

    /** A consumer to pull records from. */
    public Consumer<K, V> open() {
        Positions named = positions;
        return Consumer.open(client, reader(named), named.keeper(settings.topic()));
    }

    /** Calls the handler with each record, on the callback executor, one at a time. */
    public Subscription handle(RecordHandler<K, V> handler) {
        return pump(RecordSink.blocking(handler));
    }

    /** Calls the function with each record, and not again before its stage has completed. */
    public Subscription handleAsync(Function<Received<K, V>, CompletionStage<?>> handler) {
        return pump(RecordSink.async(handler));
    }

    /** Each subscriber gets a subscription of its own, as this builder's settings are now. */
    public Flow.Publisher<Received<K, V>> publisher() {
        Positions named = positions;
        ConsumerBuilder<K, V> fixed = with(new ConsumerBuilder<>(client, settings, keys, values));
        return subscriber ->
                RecordPublisher.subscribe(client, () -> fixed.reader(named), named, subscriber);
    }

    private Subscription pump(RecordSink<K, V> sink) {
        return new RecordPump<>(client, reader(positions), positions, sink).begin();
    }

    private RecordReader<K, V> reader(Positions named) {
        ConsumerSettings resumed = settings.withResumed(named.load(settings.topic()));
        return new RecordReader<>(client.connection(), resumed, keys, values);
    }
}
