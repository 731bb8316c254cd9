package io.lignum.storage;

import io.lignum.storage.internal.segment.Checks;

import java.time.Duration;

/**
 * Sets the limits and defaults of a store. Immutable; start from {@link #DEFAULT} and change a copy
 * with {@link #toBuilder()}.
 *
 * @param defaults settings of a topic that is created without its own
 * @param maxTopics topics at most; 1..1,000,000
 * @param maxRecordBytes key, value and headers of one record; 1 KiB..256 MiB
 * @param maxBatchBytes one record batch with its header; at least {@code maxRecordBytes} + 4 KiB
 * @param maxPendingBytes appended and not yet acknowledged, over all topics; at least
 *     {@code maxBatchBytes}. Above it a blocking append waits and an asynchronous one fails with
 *     Overloaded
 * @param maxWaitingReads pending {@link TopicLog#awaitReadable(long)} of one topic
 * @param maxProducers producers remembered per topic; the least recently used is forgotten
 * @param producerExpiry a producer that sent nothing for so long is forgotten, too; 1 minute..10
 *     years
 * @param maxOpenFiles files kept open; at least 16
 * @param flushInterval how long an {@link Durability#INTERVAL} append may stay unforced
 * @param reserveBytes free space below which appends answer DiskFull while reads go on
 * @param ioThreads files written and forced at a time; 1..256
 * @param listener receives the events of the store
 */
public record StoreConfig(
        TopicConfig defaults,
        int maxTopics,
        int maxRecordBytes,
        int maxBatchBytes,
        long maxPendingBytes,
        int maxWaitingReads,
        int maxProducers,
        Duration producerExpiry,
        int maxOpenFiles,
        Duration flushInterval,
        long reserveBytes,
        int ioThreads,
        StoreListener listener) {

    private static final int KIB = 1024;
    private static final int MIB = KIB * KIB;
    private static final Duration MAX_EXPIRY = Duration.ofDays(3_650);
    private static final int BATCH_HEADROOM_BYTES = 4 * KIB;

    /** Suits a JVM with 256 MiB of heap or more. */
    public static final StoreConfig DEFAULT = new StoreConfig(
            TopicConfig.DEFAULT,
            20_000,
            MIB,
            8 * MIB,
            64L * MIB,
            10_000,
            10_000,
            Duration.ofDays(1),
            1_000,
            Duration.ofSeconds(1),
            64L * MIB,
            16,
            StoreListener.NONE);

    public StoreConfig {
        Checks.range("maxTopics", maxTopics, 1, 1_000_000);
        Checks.range("maxRecordBytes", maxRecordBytes, KIB, 256L * MIB);
        Checks.range(
                "maxBatchBytes",
                maxBatchBytes,
                maxRecordBytes + (long) BATCH_HEADROOM_BYTES,
                512L * MIB);
        Checks.range("maxPendingBytes", maxPendingBytes, maxBatchBytes, Long.MAX_VALUE);
        Checks.range("maxWaitingReads", maxWaitingReads, 1, Integer.MAX_VALUE);
        Checks.range("maxProducers", maxProducers, 1, 1_000_000);
        Checks.range(
                "producerExpiry (ms)",
                producerExpiry.compareTo(MAX_EXPIRY) > 0
                        ? Long.MAX_VALUE
                        : producerExpiry.toMillis(),
                Duration.ofMinutes(1).toMillis(),
                MAX_EXPIRY.toMillis());
        Checks.range("maxOpenFiles", maxOpenFiles, 16, Integer.MAX_VALUE);
        Checks.range(
                "flushInterval (ms)",
                flushInterval.toMillis(),
                1,
                Duration.ofHours(1).toMillis());
        Checks.range("reserveBytes", reserveBytes, 0, Long.MAX_VALUE);
        Checks.range("ioThreads", ioThreads, 1, 256);
    }

    /** A copy to change. */
    public StoreConfigBuilder toBuilder() {
        return new StoreConfigBuilder(this);
    }
}
