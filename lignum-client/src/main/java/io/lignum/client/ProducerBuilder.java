package io.lignum.client;

import io.lignum.record.Compression;

import java.time.Duration;

/** The settings of a producer. For one thread at a time. */
public interface ProducerBuilder<K, V> {

    /** The codec of keys. The settings so far are kept. */
    <T> ProducerBuilder<T, V> keys(Codec<T> codec);

    /** The codec of values. The settings so far are kept. */
    <T> ProducerBuilder<K, T> values(Codec<T> codec);

    /**
     * How long a batch that is not full waits for more records; at least zero, less than the
     * delivery timeout. Default zero: a batch leaves at once while fewer than two batches are on
     * their way. Single records then have no delay, and many concurrent records fill batches
     * anyway.
     */
    ProducerBuilder<K, V> linger(Duration time);

    /**
     * The size of a full batch before compression, 1 KiB to 64 MiB, and at most the node's {@code
     * limits.batch-max-bytes}. A larger record gets a batch of its own. Default 256 KiB.
     */
    ProducerBuilder<K, V> batchBytes(int bytes);

    /**
     * The compression of batches; lz4 and zstd need their libraries, see {@link Compression}.
     * Default none.
     *
     * @throws IllegalArgumentException the client does not support this compression
     */
    ProducerBuilder<K, V> compression(Compression compression);

    /**
     * The most bytes of encoded records that the producer holds until they are answered. Each
     * record counts 64 bytes more for its future. At least 64 KiB; default 32 MiB.
     */
    ProducerBuilder<K, V> maxBytesInFlight(long bytes);

    /** What {@code send} does when {@link #maxBytesInFlight} is reached. Default: it blocks. */
    ProducerBuilder<K, V> whenFull(WhenFull choice);

    /**
     * The longest time from {@code send} until the future has ended, all attempts included. More
     * than zero; default 2 minutes.
     */
    ProducerBuilder<K, V> deliveryTimeout(Duration time);

    /** The identity of the producer, see {@link ProducerIdentity}. Default: a random id. */
    ProducerBuilder<K, V> identity(ProducerIdentity identity);

    /**
     * Whether batches carry sequence numbers, so that the node recognises repeats. True, the
     * default: each record is in the log once and in order, however often it was sent. False: a
     * batch whose outcome is unknown fails and is not repeated, and a failure may change the order.
     */
    ProducerBuilder<K, V> idempotent(boolean idempotent);

    /**
     * Opens the producer, without connecting.
     *
     * @throws IllegalArgumentException the topic is empty, or settings contradict each other
     * @throws io.lignum.record.RecordException.MissingCodec the compression's library is missing
     * @throws LignumException.Closed the client is closed
     */
    Producer<K, V> open();
}
