package io.lignum.client.internal.consumer;

import io.lignum.client.Codec;
import io.lignum.client.Consumer;
import io.lignum.client.ConsumerBuilder;
import io.lignum.client.PositionStore;
import io.lignum.client.Received;
import io.lignum.client.RecordHandler;
import io.lignum.client.Subscription;
import io.lignum.client.WhenRecreated;
import io.lignum.client.WhenTruncated;
import io.lignum.client.internal.errors.Checks;
import io.lignum.client.internal.net.ClientContext;

import java.time.Instant;
import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.function.Function;

/** Collects and checks the settings of a consumer. One thread at a time. */
public final class DefaultConsumerBuilder<K, V> implements ConsumerBuilder<K, V> {

    private final ClientContext context;
    private final Codec<K> keys;
    private final Codec<V> values;
    private ConsumerSettings settings;
    private Positions positions = Positions.NONE;

    public DefaultConsumerBuilder(
            ClientContext context, String topic, Codec<K> keys, Codec<V> values) {
        this(context, ConsumerSettings.of(topic), keys, values);
    }

    private DefaultConsumerBuilder(
            ClientContext context, ConsumerSettings settings, Codec<K> keys, Codec<V> values) {
        this.context = context;
        this.settings = settings;
        this.keys = keys;
        this.values = values;
    }

    @Override
    public <T> ConsumerBuilder<T, V> keys(Codec<T> codec) {
        return with(new DefaultConsumerBuilder<>(context, settings, codec, values));
    }

    @Override
    public <T> ConsumerBuilder<K, T> values(Codec<T> codec) {
        return with(new DefaultConsumerBuilder<>(context, settings, keys, codec));
    }

    private <A, B> DefaultConsumerBuilder<A, B> with(DefaultConsumerBuilder<A, B> other) {
        other.positions = positions;
        return other;
    }

    @Override
    public ConsumerBuilder<K, V> fromBeginning() {
        return from(Start.BEGINNING);
    }

    @Override
    public ConsumerBuilder<K, V> fromEnd() {
        return from(Start.END);
    }

    @Override
    public ConsumerBuilder<K, V> fromOffset(long offset) {
        return from(Start.offset(Checks.range("offset", offset, 0, Long.MAX_VALUE)));
    }

    @Override
    public ConsumerBuilder<K, V> fromTime(Instant time) {
        return from(Start.time(time));
    }

    private ConsumerBuilder<K, V> from(Start start) {
        settings = settings.withStart(start);
        return this;
    }

    @Override
    public ConsumerBuilder<K, V> toOffset(long offset) {
        settings = settings.withToOffset(
                OptionalLong.of(Checks.range("toOffset", offset, 0, Long.MAX_VALUE)));
        return this;
    }

    @Override
    public ConsumerBuilder<K, V> resume(String name, PositionStore store) {
        positions = new Positions(Checks.text("name", name), store);
        return this;
    }

    @Override
    public ConsumerBuilder<K, V> bufferBytes(int bytes) {
        settings = settings.withBufferBytes(
                (int) Checks.range("bufferBytes", bytes, 64 << 10, 1 << 30));
        return this;
    }

    @Override
    public ConsumerBuilder<K, V> skipTrimmed(boolean skip) {
        settings = settings.withSkipTrimmed(skip);
        return this;
    }

    @Override
    public ConsumerBuilder<K, V> prefer(String node) {
        settings = settings.withPreferred(node);
        return this;
    }

    @Override
    public ConsumerBuilder<K, V> readOwnWrites(boolean own) {
        settings = settings.withOwnWrites(own);
        return this;
    }

    @Override
    public ConsumerBuilder<K, V> linearizable() {
        settings = settings.withLinearizable();
        return this;
    }

    @Override
    public ConsumerBuilder<K, V> whenTruncated(WhenTruncated choice) {
        settings = settings.withWhenTruncated(choice);
        return this;
    }

    @Override
    public ConsumerBuilder<K, V> whenRecreated(WhenRecreated choice) {
        settings = settings.withWhenRecreated(choice);
        return this;
    }

    @Override
    public Consumer<K, V> open() {
        Positions named = positions;
        return DefaultConsumer.open(context, reader(named), named.keeper(settings.topic()));
    }

    @Override
    public Subscription handle(RecordHandler<K, V> handler) {
        return pump(RecordSink.blocking(handler));
    }

    @Override
    public Subscription handleAsync(Function<Received<K, V>, CompletionStage<?>> handler) {
        return pump(RecordSink.async(handler));
    }

    @Override
    public Flow.Publisher<Received<K, V>> publisher() {
        Positions named = positions;
        DefaultConsumerBuilder<K, V> fixed =
                with(new DefaultConsumerBuilder<>(context, settings, keys, values));
        return subscriber ->
                RecordPublisher.subscribe(context, () -> fixed.reader(named), named, subscriber);
    }

    private Subscription pump(RecordSink<K, V> sink) {
        return new RecordPump<>(context, reader(positions), positions, sink).begin();
    }

    private RecordReader<K, V> reader(Positions named) {
        ConsumerSettings resumed = settings.withResumed(named.load(settings.topic()));
        return new RecordReader<>(context.connection(), resumed, keys, values);
    }
}
