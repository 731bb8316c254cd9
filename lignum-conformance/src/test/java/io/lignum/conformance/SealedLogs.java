package io.lignum.conformance;

import io.lignum.record.Compression;
import io.lignum.record.LogRecord;
import io.lignum.record.ProducerStamp;
import io.lignum.record.RecordBatchBuilder;
import io.lignum.record.RecordHeader;
import io.lignum.storage.AppendOptions;
import io.lignum.storage.Durability;
import io.lignum.storage.LogStore;
import io.lignum.storage.StoreConfig;
import io.lignum.storage.TopicConfig;
import io.lignum.storage.TopicLog;
import io.lignum.storage.env.EngineClock;
import io.lignum.storage.env.Environment;
import io.lignum.storage.env.NioDisk;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

/** Topics written through the engine in every way that it offers, all of them sealed in the end. */
final class SealedLogs implements AutoCloseable {

    static final long NOW = 1_790_000_000_000L;
    static final String PRE_WRITTEN = "pre-written";
    static final String BY_AGE = "sealed-by-age";
    static final String BY_COUNT = "sealed-by-count";
    static final String BY_BYTES = "sealed-by-bytes";
    static final String EPOCHS = "epochs";
    static final String PRODUCER = "producer";

    private static final long SEED = 20_260_101;

    private final AtomicLong wallMillis = new AtomicLong(NOW);
    private final AtomicLong nanos = new AtomicLong();
    private final ExecutorService executor = Executors.newFixedThreadPool(2);
    private final Path directory;
    private final LogStore store;

    SealedLogs(Path directory) throws IOException {
        this.directory = directory;
        EngineClock clock = new EngineClock() {
            @Override
            public long wallMillis() {
                return wallMillis.get();
            }

            @Override
            public long monotonicNanos() {
                return nanos.get();
            }
        };
        store = LogStore.open(
                directory,
                StoreConfig.DEFAULT,
                new Environment(new NioDisk(), clock, new Random(SEED), executor));
        singleRecords();
        sharedBatches();
        builtBatches();
        producer();
        epochs();
        byCount();
        byBytes();
        byAge();
        preWritten();
    }

    List<TopicLog> topics() {
        return store.topics();
    }

    TopicLog topic(String name) {
        return store.topic(name);
    }

    /** The topic's sealed segments, oldest first. */
    List<Path> sealedFiles(TopicLog log) throws IOException {
        return files(log, ".log");
    }

    /** Where the engine keeps what is not sealed. */
    List<Path> activeFiles(TopicLog log) throws IOException {
        return files(log, ".qwal");
    }

    private List<Path> files(TopicLog log, String suffix) throws IOException {
        try (var found = Files.list(directory.resolve(log.id().toString()))) {
            return found.filter(file -> file.toString().endsWith(suffix))
                    .sorted()
                    .toList();
        }
    }

    private void singleRecords() {
        TopicLog log = store.openOrCreate("single-records");
        log.append(LogRecord.of("one"));
        log.append(LogRecord.of(bytes("with-a-key"), bytes("two")));
        log.append(LogRecord.of((byte[]) null));
        log.append(LogRecord.of(""));
        log.append(LogRecord.of("early").withTimestamp(0));
        log.append(LogRecord.of("headed")
                .withHeaders(
                        List.of(new RecordHeader("a", bytes("1")), new RecordHeader("b", null))));
        log.append(LogRecord.of("x".repeat(100_000)));
        log.sealActive();
    }

    /** Many on their way at once: the engine puts them into common batches. */
    private void sharedBatches() {
        TopicLog log = store.createTopic(
                "shared-batches", TopicConfig.DEFAULT.withDurability(Durability.OS));
        List<CompletableFuture<Long>> all = new ArrayList<>();
        for (int i = 0; i < 5_000; i++) {
            all.add(log.appendAsync(LogRecord.of("shared " + i).withTimestamp(NOW + i % 7)));
        }
        all.forEach(CompletableFuture::join);
        log.sealActive();
    }

    private void builtBatches() {
        for (Compression codec : List.of(Compression.NONE, Compression.LZ4, Compression.ZSTD)) {
            TopicLog log = store.openOrCreate("built-" + codec);
            log.append(RecordBatchBuilder.build(records(3), codec, NOW), AppendOptions.NONE);
            log.append(RecordBatchBuilder.build(records(9_000), codec, NOW), AppendOptions.NONE);
            log.append(records(2), AppendOptions.NONE);
            log.sealActive();
        }
    }

    private void producer() {
        TopicLog log = store.openOrCreate(PRODUCER);
        long id = Long.MAX_VALUE;
        log.append(records(4), AppendOptions.from(new ProducerStamp(id, (short) 0, 0)));
        log.append(records(2), AppendOptions.from(new ProducerStamp(id, (short) 0, 4)));
        ProducerStamp next = new ProducerStamp(id, Short.MAX_VALUE, 0);
        log.append(
                RecordBatchBuilder.build(records(5), Compression.LZ4, NOW, next),
                AppendOptions.NONE);
        log.sealActive();
    }

    private void epochs() {
        TopicLog log = store.openOrCreate(EPOCHS);
        for (int epoch : new int[] {0, 1, 7, Integer.MAX_VALUE}) {
            log.lead(epoch);
            log.append(LogRecord.of("in epoch " + epoch));
            log.append(
                    RecordBatchBuilder.build(records(3), Compression.ZSTD, NOW),
                    AppendOptions.NONE);
        }
        log.sealActive();
    }

    private void byCount() {
        TopicLog log = store.createTopic(BY_COUNT, TopicConfig.DEFAULT.withSegmentMaxRecords(10));
        for (int i = 0; i < 30; i++) {
            log.append(LogRecord.of("counted " + i));
        }
    }

    private void byBytes() {
        TopicLog log =
                store.createTopic(BY_BYTES, TopicConfig.DEFAULT.withSegmentMaxBytes(16 * 1024));
        for (int i = 0; i < 60; i++) {
            log.append(LogRecord.of("byte after byte " + "y".repeat(1000) + i));
        }
        log.sealActive();
    }

    private void byAge() {
        TopicLog log = store.createTopic(
                BY_AGE, TopicConfig.DEFAULT.withSegmentMaxAge(Duration.ofHours(1)));
        log.append(records(20));
        wallMillis.addAndGet(Duration.ofHours(1).toMillis());
        nanos.addAndGet(Duration.ofHours(1).toNanos());
        store.tick();
        log.flush(); // behind the sealing that the tick queued
    }

    /** Long enough to be filled with zeros ahead of its records; sealing must cut them off. */
    private void preWritten() throws IOException {
        TopicLog log = store.openOrCreate(PRE_WRITTEN);
        for (int i = 0; i < 130; i++) {
            log.append(LogRecord.of("z".repeat(1024) + i));
        }
        if (Files.size(activeFiles(log).get(0)) <= log.sizeInBytes()) {
            throw new IllegalStateException("the file is not written ahead: nothing is tested");
        }
        log.sealActive();
    }

    private static List<LogRecord> records(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> LogRecord.of(bytes("key-" + i % 10), bytes("value " + i))
                        .withTimestamp(NOW + i))
                .toList();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public void close() {
        store.close();
        executor.shutdown();
    }
}
