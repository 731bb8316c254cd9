package io.lignum.storage;

import java.time.Duration;

/**
 * Changes a copy of a {@link StoreConfig}, whose Javadoc gives units and ranges. Not thread-safe.
 */
public final class StoreConfigBuilder {

    private TopicConfig defaults;
    private int maxTopics;
    private int maxRecordBytes;
    private int maxBatchBytes;
    private long maxPendingBytes;
    private int maxWaitingReads;
    private int maxProducers;
    private Duration producerExpiry;
    private int maxOpenFiles;
    private Duration flushInterval;
    private long reserveBytes;
    private int ioThreads;
    private StoreListener listener;

    StoreConfigBuilder(StoreConfig from) {
        defaults = from.defaults();
        maxTopics = from.maxTopics();
        maxRecordBytes = from.maxRecordBytes();
        maxBatchBytes = from.maxBatchBytes();
        maxPendingBytes = from.maxPendingBytes();
        maxWaitingReads = from.maxWaitingReads();
        maxProducers = from.maxProducers();
        producerExpiry = from.producerExpiry();
        maxOpenFiles = from.maxOpenFiles();
        flushInterval = from.flushInterval();
        reserveBytes = from.reserveBytes();
        ioThreads = from.ioThreads();
        listener = from.listener();
    }

    public StoreConfigBuilder defaults(TopicConfig value) {
        defaults = value;
        return this;
    }

    public StoreConfigBuilder maxTopics(int value) {
        maxTopics = value;
        return this;
    }

    public StoreConfigBuilder maxRecordBytes(int value) {
        maxRecordBytes = value;
        return this;
    }

    public StoreConfigBuilder maxBatchBytes(int value) {
        maxBatchBytes = value;
        return this;
    }

    public StoreConfigBuilder maxPendingBytes(long value) {
        maxPendingBytes = value;
        return this;
    }

    public StoreConfigBuilder maxWaitingReads(int value) {
        maxWaitingReads = value;
        return this;
    }

    public StoreConfigBuilder maxProducers(int value) {
        maxProducers = value;
        return this;
    }

    public StoreConfigBuilder producerExpiry(Duration value) {
        producerExpiry = value;
        return this;
    }

    public StoreConfigBuilder maxOpenFiles(int value) {
        maxOpenFiles = value;
        return this;
    }

    public StoreConfigBuilder flushInterval(Duration value) {
        flushInterval = value;
        return this;
    }

    public StoreConfigBuilder reserveBytes(long value) {
        reserveBytes = value;
        return this;
    }

    public StoreConfigBuilder ioThreads(int value) {
        ioThreads = value;
        return this;
    }

    public StoreConfigBuilder listener(StoreListener value) {
        listener = value;
        return this;
    }

    /**
     * The changed copy.
     *
     * @throws IllegalArgumentException naming the field and its limit
     */
    public StoreConfig build() {
        return new StoreConfig(
                defaults,
                maxTopics,
                maxRecordBytes,
                maxBatchBytes,
                maxPendingBytes,
                maxWaitingReads,
                maxProducers,
                producerExpiry,
                maxOpenFiles,
                flushInterval,
                reserveBytes,
                ioThreads,
                listener);
    }
}
