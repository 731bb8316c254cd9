package io.lignum.client;

import java.time.Instant;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.function.Function;

/**
 * The settings of a consumer, and the four ways to receive records: {@link #open} for pulling,
 * {@link #handle} and {@link #handleAsync} for handlers, {@link #publisher} for reactive streams.
 * For one thread at a time.
 *
 * <p>{@link #open}, {@link #handle} and {@link #handleAsync} throw {@link LignumException.Closed}
 * if the client is closed, and the exception of the {@link PositionStore} if it cannot load a
 * position to resume. A publisher passes them to {@code onError}.
 */
public interface ConsumerBuilder<K, V> {

    /** The codec of keys. The settings so far are kept. */
    <T> ConsumerBuilder<T, V> keys(Codec<T> codec);

    /** The codec of values. The settings so far are kept. */
    <T> ConsumerBuilder<K, T> values(Codec<T> codec);

    /** Starts at the log start offset. The default. */
    ConsumerBuilder<K, V> fromBeginning();

    /** Starts at the end of the log; {@code started()} completes when the end is known. */
    ConsumerBuilder<K, V> fromEnd();

    /**
     * Starts at this offset, {@code >= 0}; beyond the log's end it waits until the log gets there.
     */
    ConsumerBuilder<K, V> fromOffset(long offset);

    /**
     * Starts at the first record with this timestamp or a later one; at the end if no record is
     * that new.
     */
    ConsumerBuilder<K, V> fromTime(Instant time);

    /** Ends before this offset, {@code >= 0}. Default: the consumer does not end. */
    ConsumerBuilder<K, V> toOffset(long offset);

    /**
     * Resumes at the position that the store has under this name; {@code from...} applies only
     * while the store has no position. Only one consumer at a time may use a name. A position
     * belongs to the topic, not to its name: {@link #whenRecreated} decides what happens if the
     * topic was created again.
     *
     * @throws IllegalArgumentException the name contains an unpaired surrogate
     */
    ConsumerBuilder<K, V> resume(String name, PositionStore store);

    /** How many bytes to read ahead, 64 KiB to 1 GiB, and at least one batch. Default 4 MiB. */
    ConsumerBuilder<K, V> bufferBytes(int bytes);

    /**
     * What to do about records that were removed before they were read. True continues behind them,
     * which leaves a gap in the offsets. False, the default, ends with {@link
     * LignumException.OffsetOutOfRange}.
     */
    ConsumerBuilder<K, V> skipTrimmed(boolean skip);

    /**
     * Reads from this node while it works. Default: the leader, which has new records first.
     *
     * @param node the node's id, or {@code host:port} of its gRPC port as the client or the cluster
     *     writes it
     */
    ConsumerBuilder<K, V> prefer(String node);

    /**
     * Whether the consumer starts only at nodes that have all records acknowledged to producers of
     * this client. Default true; false accepts what a node has.
     */
    ConsumerBuilder<K, V> readOwnWrites(boolean own);

    /**
     * Starts only at nodes that have all records acknowledged to any producer before, and fails if
     * there is no such node. Costs a round trip to the leader and one to the coordinator.
     */
    ConsumerBuilder<K, V> linearizable();

    /** What to do when a failover has replaced records that were read; default FAIL. */
    ConsumerBuilder<K, V> whenTruncated(WhenTruncated choice);

    /** What to do when the topic was deleted and created again; default FAIL. */
    ConsumerBuilder<K, V> whenRecreated(WhenRecreated choice);

    /** Opens a consumer from which the program pulls records. */
    Consumer<K, V> open();

    /**
     * Calls the handler with each record, one at a time, on the callback executor or on a thread of
     * the client's own. The handler may block. What it throws ends the subscription.
     */
    Subscription handle(RecordHandler<K, V> handler);

    /**
     * Calls the function with each record, and again only after the returned stage has completed. A
     * stage that fails ends the subscription.
     */
    Subscription handleAsync(Function<Received<K, V>, CompletionStage<?>> handler);

    /**
     * Publishes the records. Each subscriber gets its own subscription with the settings that this
     * builder has now. Failures that the other ways throw go to {@code onError}.
     */
    Flow.Publisher<Received<K, V>> publisher();
}
