package io.lignum.server.config;

import java.time.Duration;

/**
 * The limits of one node. Sizes in bytes; every number is positive. The keys are those of
 * {@code limits.*} in config.yml, except {@code appendQueue}, which is {@code wal.queue-size}.
 *
 * @param messageMaxBytes key, value and headers of one message
 * @param requestMaxBytes one request's body
 * @param batchMaxBytes one batch as stored
 * @param batchMaxRecords messages of one batch
 * @param batchMaxUncompressedBytes one batch after decompression
 * @param readMaxBytes messages of one response
 * @param readMaxRecords messages of one response
 * @param maxTopics topics of the node
 * @param maxConnections connections of one listener
 * @param maxRequestsInFlight requests in progress, over all listeners
 * @param appendQueue appends accepted and not yet answered, over all listeners
 * @param maxBytesInFlight memory for requests, decompression and responses in progress
 * @param maxWaitingReads reads that wait for new messages
 * @param maxStreams open streams, over all listeners
 * @param maxWait longest wait of a read
 * @param idleTimeout time without traffic after which a connection is closed
 * @param slowClientTimeout time within which a request must arrive completely, and the longest time
 *     that a response may be without progress
 * @param drainTimeout longest wait for requests in progress when the node stops
 */
public record Limits(
        int messageMaxBytes,
        int requestMaxBytes,
        int batchMaxBytes,
        int batchMaxRecords,
        int batchMaxUncompressedBytes,
        int readMaxBytes,
        int readMaxRecords,
        int maxTopics,
        int maxConnections,
        int maxRequestsInFlight,
        int appendQueue,
        long maxBytesInFlight,
        int maxWaitingReads,
        int maxStreams,
        Duration maxWait,
        Duration idleTimeout,
        Duration slowClientTimeout,
        Duration drainTimeout) {

    static Limits of(Settings settings) {
        return new Limits(
                settings.whole(ConfigKey.LIMIT_MESSAGE_BYTES),
                settings.whole(ConfigKey.LIMIT_REQUEST_BYTES),
                settings.whole(ConfigKey.LIMIT_BATCH_BYTES),
                settings.whole(ConfigKey.LIMIT_BATCH_RECORDS),
                settings.whole(ConfigKey.LIMIT_BATCH_UNCOMPRESSED),
                settings.whole(ConfigKey.LIMIT_READ_BYTES),
                settings.whole(ConfigKey.LIMIT_READ_RECORDS),
                settings.whole(ConfigKey.LIMIT_TOPICS),
                settings.whole(ConfigKey.LIMIT_CONNECTIONS),
                settings.whole(ConfigKey.LIMIT_REQUESTS),
                settings.whole(ConfigKey.WAL_QUEUE),
                settings.number(ConfigKey.LIMIT_BYTES_IN_FLIGHT),
                settings.whole(ConfigKey.LIMIT_WAITING_READS),
                settings.whole(ConfigKey.LIMIT_STREAMS),
                Duration.ofMillis(settings.number(ConfigKey.LIMIT_WAIT)),
                Duration.ofMillis(settings.number(ConfigKey.LIMIT_IDLE)),
                Duration.ofMillis(settings.number(ConfigKey.LIMIT_SLOW_CLIENT)),
                Duration.ofMillis(settings.number(ConfigKey.LIMIT_DRAIN)));
    }
}
