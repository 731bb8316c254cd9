package io.lignum.server.metrics;

import io.lignum.cluster.InternalTopics;
import io.lignum.storage.LogStore;
import io.lignum.storage.RecoveryReport;
import io.lignum.storage.StorageException;
import io.lignum.storage.StoreListener;
import io.lignum.storage.TopicLog;
import io.lignum.storage.WrittenBatches;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;

import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;

/** Metrics of the log engine. Called on the engine's threads. */
public final class StoreMetrics implements StoreListener {

    private static final List<TopicMetric<TopicLog>> OF_TOPICS = List.of(
            gauge("lignum_message_count", "Readable messages", StoreMetrics::readable),
            gauge("lignum_topic_bytes", "Bytes on disk", TopicLog::sizeInBytes),
            gauge("lignum_segments", "Segments, including the active one", TopicLog::segmentCount));

    private final MeterRegistry registry;
    private final Consumer<StorageException> onFailure;
    private final Timer acknowledged;
    private final Timer forced;
    private final Timer written;
    private final DistributionSummary groupRecords;
    private final Counter writtenBytes;
    private final Counter sealed;
    private final Counter damaged;
    private final Counter recoveredClean;
    private final Counter recoveredUnclean;
    private final Counter tornBytes;
    private final Counter scannedBytes;

    /** @param onFailure called on a thread of the engine when the store has failed */
    public StoreMetrics(MeterRegistry registry, Consumer<StorageException> onFailure) {
        this.registry = registry;
        this.onFailure = onFailure;
        acknowledged =
                timer("lignum.append", "Time from a group's first append to its acknowledgement");
        forced = timer("lignum.fsync", "Time to force a file to disk");
        written = timer("lignum.write", "Time to write bytes to a file");
        groupRecords = DistributionSummary.builder("lignum.append.group.records")
                .description("Messages acknowledged together")
                .publishPercentiles(0.5, 0.99)
                .register(registry);
        writtenBytes = counter("lignum.written.bytes", "Bytes written to files");
        sealed = counter("lignum.segments.sealed", "Segments sealed");
        damaged = counter("lignum.reads.damaged", "Reads that found damaged bytes");
        recoveredClean = recovery("true");
        recoveredUnclean = recovery("false");
        tornBytes = counter("lignum.recovery.torn.bytes", "Bytes of unfinished writes cut off");
        scannedBytes = counter("lignum.recovery.scanned.bytes", "Bytes checked while opening logs");
    }

    private static TopicMetric<TopicLog> gauge(
            String name, String description, ToDoubleFunction<TopicLog> value) {
        return new TopicMetric<>(name, "gauge", description, TopicLog::name, value);
    }

    private static long readable(TopicLog topic) {
        return topic.readableEndOffset() - topic.logStartOffset();
    }

    private Counter recovery(String clean) {
        return Counter.builder("lignum.recovery.topics")
                .description("Topics opened, by whether they had been closed cleanly")
                .tag("clean", clean)
                .register(registry);
    }

    /** Adds metrics that are read from the open store. */
    public void observe(LogStore store) {
        gauge("lignum.open.files", "Files kept open", store, s -> s.status().openFiles());
        gauge(
                "lignum.disk.usable.bytes",
                "Free disk space",
                store,
                s -> s.status().usableBytes());
        gauge(
                "lignum.disk.full",
                "1 while appends are refused for lack of disk space",
                store,
                s -> s.status().full() ? 1 : 0);
        gauge("lignum.topics", "Topics", store, s -> s.status().topics());
        Gauge.builder("lignum.recovery.seconds", store, s -> s.status().recoveryNanos() / 1e9)
                .description("Time to open the store")
                .register(registry);
    }

    private void gauge(
            String name, String description, LogStore store, ToDoubleFunction<LogStore> value) {
        Gauge.builder(name, store, value).description(description).register(registry);
    }

    /** The metrics of each topic, for {@link NodeMetrics#scrape}. */
    public List<Iterator<String>> ofTopics(LogStore store) {
        List<TopicLog> topics = store.topics().stream()
                .filter(topic -> !InternalTopics.isInternal(topic))
                .toList();
        return OF_TOPICS.stream().map(metric -> metric.lines(topics)).toList();
    }

    @Override
    public void acknowledged(TopicLog log, int records, int size, long nanos) {
        acknowledged.record(nanos, TimeUnit.NANOSECONDS);
        groupRecords.record(records);
    }

    @Override
    public void written(TopicLog log, WrittenBatches batches, long nanos) {
        written.record(nanos, TimeUnit.NANOSECONDS);
        writtenBytes.increment((double) batches.sizeInBytes());
    }

    @Override
    public void forced(TopicLog log, long nanos) {
        forced.record(nanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public void sealed(TopicLog log) {
        sealed.increment();
    }

    @Override
    public void recovered(TopicLog log, RecoveryReport report) {
        (report.clean() ? recoveredClean : recoveredUnclean).increment();
        tornBytes.increment((double) report.tornBytes());
        scannedBytes.increment((double) report.scannedBytes());
    }

    @Override
    public void damaged(TopicLog log, StorageException.CorruptLog cause) {
        damaged.increment();
    }

    @Override
    public void storeFailed(StorageException cause) {
        onFailure.accept(cause);
    }

    private Counter counter(String name, String description) {
        return Counter.builder(name).description(description).register(registry);
    }

    private Timer timer(String name, String description) {
        return Timer.builder(name)
                .description(description)
                .publishPercentiles(0.5, 0.99)
                .register(registry);
    }
}
