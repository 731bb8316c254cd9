package io.lignum.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.record.Compression;
import io.lignum.record.LogRecord;
import io.lignum.record.ProducerStamp;
import io.lignum.record.RecordBatch;
import io.lignum.record.RecordBatchBuilder;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/**
 * Does everything a store can do, one thing after the other, and keeps a model of what was
 * promised, so that it can be stopped at any I/O and what is found afterwards can be judged.
 */
final class CrashWorkload {

    private final Simulation simulation;
    private final Durability durability;
    private final Map<String, TopicModel> models = new TreeMap<>();
    private final Map<String, Boolean> uncertain = new TreeMap<>();
    private @Nullable LogStore store;
    String doing = "opening";
    private int number;
    private final Map<Path, byte[]> sideFiles = new TreeMap<>();
    private byte[] cutUnderWay = new byte[0];

    CrashWorkload(Simulation simulation, Durability durability) {
        this.simulation = simulation;
        this.durability = durability;
    }

    private LogStore store() {
        return Objects.requireNonNull(store);
    }

    void run() {
        store = simulation.open();
        create("a");
        create("b");
        singles("a", 3, 20);
        batch("a", 2, 600);
        producerBatch("a", 7, 2, 20);
        producerBatch("a", 7, 1, 20);
        singles("b", 2, 3000);
        prebuilt("a", 3, 900);
        singles("b", 20, 1500);
        singles("b", 4, 5000);
        tick();
        epoch("a", 1);
        singles("a", 3, 1500);
        tick();
        tick();
        producerBatch("a", 7, 3, 400);
        producerBatch("a", 8, 1, 20);
        trim("a", 5);
        batch("a", 4, 1000);
        seal("a");
        singles("a", 2, 20);
        cut("a", 1);
        producerBatch("a", 8, 2, 700);
        epoch("a", 3);
        singles("a", 4, 300);
        create("c");
        singles("c", 2, 20);
        delete("c");
        tick();
        stamped("b", 5, 800);
        cut("b", 7);
        singles("b", 9, 30);
        flush("b");
        trim("b", 3);
        seal("b");
        cut("a", 9);
        singles("a", 12, 500);
        watermark("a");
        singles("a", 3, 500);
        cut("a", 2);
        startAt("b", 6);
        stamped("b", 3, 400);
        singles("b", 3, 400);
        watermark("b");
        startAt("b", 0);
        producerBatch("b", 8, 2, 100);
        retention("b");
        startAt("a", 1);
        alter("a");
        doing = "closing";
        simulation.close(store());
    }

    private String value(int bytes) {
        String name = "record-" + number++ + "-";
        return name + "x".repeat(Math.max(0, bytes - name.length()));
    }

    private List<String> values(int count, int bytes) {
        List<String> values = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            values.add(value(bytes));
        }
        return values;
    }

    private TopicModel model(String topic) {
        return Objects.requireNonNull(models.get(topic));
    }

    private void create(String topic) {
        doing = "create " + topic;
        models.put(topic, new TopicModel());
        uncertain.put(topic, true);
        TopicConfig config = TopicConfig.DEFAULT
                .withDurability(durability)
                .withSegmentMaxRecords(8)
                .withSegmentMaxBytes(16 * 1024);
        store().createTopic(topic, config);
        uncertain.remove(topic);
    }

    private void delete(String topic) {
        doing = "delete " + topic;
        uncertain.put(topic, true);
        simulation.run(store().deleteTopicAsync(topic));
        uncertain.remove(topic);
        models.remove(topic);
    }

    private void alter(String topic) {
        doing = "alter " + topic;
        store().alterTopic(topic, store().topic(topic).config().withSegmentMaxRecords(9));
    }

    private void finish(String topic, List<CompletableFuture<Appended>> futures) {
        TopicModel model = model(topic);
        List<CompletableFuture<Void>> noted = new ArrayList<>();
        futures.forEach(future -> noted.add(future.thenAccept(model::acknowledge)));
        simulation.environment.run();
        noted.forEach(CompletableFuture::join);
        model.settle(store().topic(topic), durability);
    }

    private void singles(String topic, int count, int bytes) {
        doing = count + " single records to " + topic;
        List<CompletableFuture<Appended>> futures = new ArrayList<>();
        for (String value : values(count, bytes)) {
            LogRecord record = model(topic).add(now(), List.of(value)).get(0);
            futures.add(store().topic(topic)
                    .appendAsync(record)
                    .thenApply(offset -> new Appended(offset, 1, false)));
        }
        finish(topic, futures);
    }

    private long now() {
        return simulation.environment.wallMillis();
    }

    private void batch(String topic, int count, int bytes) {
        doing = "a batch of " + count + " to " + topic;
        List<LogRecord> records = model(topic).add(now(), values(count, bytes));
        finish(topic, List.of(store().topic(topic).appendAsync(records, AppendOptions.NONE)));
    }

    private void producerBatch(String topic, long producer, int count, int bytes) {
        doing = "a batch of producer " + producer + " to " + topic;
        ProducerStamp stamp = model(topic).send(producer, count);
        List<LogRecord> records = model(topic).add(now(), values(count, bytes));
        finish(
                topic,
                List.of(store().topic(topic).appendAsync(records, AppendOptions.from(stamp))));
    }

    private void prebuilt(String topic, int count, int bytes) {
        doing = "a batch built elsewhere to " + topic;
        List<LogRecord> records = model(topic).add(now(), values(count, bytes));
        ByteBuffer built = RecordBatchBuilder.build(records, Compression.NONE, now());
        finish(topic, List.of(store().topic(topic).appendAsync(built, AppendOptions.NONE)));
    }

    private void stamped(String topic, int count, int bytes) {
        doing = "a stamped batch to " + topic;
        TopicModel model = model(topic);
        model.epoch += 2;
        long base = model.end();
        List<LogRecord> records = model.add(now(), values(count, bytes));
        ByteBuffer built = RecordBatchBuilder.build(records, Compression.NONE, now());
        RecordBatch.at(built, 0).stamp(base, model.epoch);
        store().topic(topic).follow();
        finish(topic, List.of(store().topic(topic).appendStamped(built)));
        store().topic(topic).lead(model.epoch);
    }

    private void epoch(String topic, int epoch) {
        doing = "epoch " + epoch + " of " + topic;
        model(topic).epoch = epoch;
        assertThat(store().topic(topic).lead(epoch)).isEqualTo(model(topic).end());
    }

    private void watermark(String topic) {
        doing = "high watermark of " + topic;
        model(topic).watermark = OptionalLong.of(model(topic).end());
        store().topic(topic).advanceHighWatermark(model(topic).end());
    }

    private void startAt(String topic, long ahead) {
        doing = topic + " starts again " + ahead + " ahead";
        long offset = model(topic).end() + ahead;
        model(topic).startAt(offset);
        simulation.run(store().topic(topic).admin().startAt(offset));
        model(topic).startedAt();
        model(topic).settle(store().topic(topic), durability);
        assertThat(store().topic(topic).highWatermark()).isEqualTo(model(topic).watermark);
    }

    private void trim(String topic, long start) {
        doing = "trim " + topic;
        model(topic).startUnderWay = start;
        simulation.run(store().topic(topic).admin().trim(start));
        model(topic).settle(store().topic(topic), durability);
    }

    /** All that is sealed goes. */
    private void retention(String topic) {
        seal(topic);
        long sealed = model(topic).end();
        singles(topic, 2, 50);
        watermark(topic);
        doing = "retention of " + topic;
        store().alterTopic(
                        topic,
                        store().topic(topic).config().withRetentionBytes(OptionalLong.of(1)));
        model(topic).startUnderWay = sealed;
        tick();
        assertThat(store().topic(topic).logStartOffset()).isEqualTo(sealed);
    }

    private void seal(String topic) {
        doing = "seal " + topic;
        simulation.run(store().topic(topic).admin().sealActive());
        model(topic).settle(store().topic(topic), durability);
    }

    private void flush(String topic) {
        doing = "flush " + topic;
        simulation.run(store().topic(topic).admin().flush());
        model(topic).settle(store().topic(topic), durability);
        assertThat(model(topic).durable).isEqualTo(model(topic).end());
    }

    /**
     * Cuts {@code count} records off the end. What is cut must be found in a side file, byte for
     * byte.
     */
    private void cut(String topic, int count) {
        doing = "cut " + count + " off " + topic;
        TopicModel model = model(topic);
        long to = model.end() - count;
        long cut = batchOf(store().topic(topic), to);
        model.cutUnderWay = cut;
        byte[] expected = bytesFrom(store().topic(topic), cut);
        cutUnderWay = expected;
        TruncateResult result = simulation.run(store().topic(topic).admin().truncate(to));
        Optional<Path> side = result.sideFile();
        assertThat(side).isPresent();
        assertThat(result.endOffset()).isEqualTo(cut);
        sideFiles.put(side.get(), expected);
        model.cutTo(result.endOffset());
        model.durable = Math.min(model.durable, model.end());
        model.settle(store().topic(topic), durability);
    }

    /** Where the batch begins that holds an offset: single records may share one. */
    private static long batchOf(TopicLog log, long offset) {
        try (LogCursor cursor = log.replicationCursor(offset)) {
            assertThat(cursor.next()).isTrue();
            return cursor.batch().baseOffset();
        }
    }

    private static byte[] bytesFrom(TopicLog log, long offset) {
        ByteBuffer all = ByteBuffer.allocate(1 << 20);
        try (LogCursor cursor = log.replicationCursor(offset)) {
            while (cursor.next()) {
                if (cursor.batch().baseOffset() >= offset) {
                    all.put(cursor.batch().slice());
                }
            }
        }
        byte[] bytes = new byte[all.position()];
        all.flip().get(bytes);
        return bytes;
    }

    private void tick() {
        doing = "tick";
        simulation.tick(store(), Duration.ofSeconds(20));
        models.forEach((topic, model) -> model.settle(store().topic(topic), durability));
    }

    // ---- after the crash

    /** Opens what the crash left and holds it against the promise. */
    void recover(boolean powerWasLost) {
        store = simulation.open();
        assertThat(models.keySet()).containsAll(names());
        for (Map.Entry<String, TopicModel> entry : Map.copyOf(models).entrySet()) {
            Optional<TopicLog> log = store().findTopic(entry.getKey());
            if (log.isEmpty()) {
                assertThat(uncertain)
                        .as("topic %s exists", entry.getKey())
                        .containsKey(entry.getKey());
                models.remove(entry.getKey());
            } else {
                TopicModel model = entry.getValue();
                long promised = powerWasLost ? model.durable : model.acknowledged;
                boolean cutting = model.cutUnderWay != Long.MAX_VALUE;
                model.recovered(log.get(), powerWasLost);
                if (cutting && model.end() < promised) {
                    assertThat(sideFilesOf(log.get())).contains(cutUnderWay);
                }
                assertThat(log.get().scrub().problems()).isEmpty();
            }
        }
        uncertain.clear();
        sideFiles.forEach(
                (path, bytes) -> assertThat(simulation.disk.bytes(path)).isEqualTo(bytes));
    }

    private List<byte[]> sideFilesOf(TopicLog log) {
        Path directory =
                Simulation.DIRECTORY.resolve("divergent").resolve(log.id().toString());
        return simulation.disk.contents(directory);
    }

    private List<String> names() {
        return store().topics().stream().map(TopicLog::name).toList();
    }

    /** The recovered store takes repeats for what they are, and goes on. */
    void goOn() {
        models.forEach((topic, model) -> {
            TopicLog log = store().topic(topic);
            model.producers.forEach((id, producer) -> {
                TopicModel.Sent last = producer.window.getLast();
                List<LogRecord> again = LogRecordLists.same(last.count());
                ProducerStamp stamp = new ProducerStamp(id, producer.epoch, last.sequence());
                Appended answer = simulation.run(log.appendAsync(again, AppendOptions.from(stamp)));
                assertThat(answer).isEqualTo(new Appended(last.offset(), last.count(), true));
            });
            model.matches(log);
        });
        for (String topic : List.copyOf(models.keySet())) {
            producerBatch(topic, 8, 2, 100);
            singles(topic, 9, 900);
            epoch(topic, model(topic).epoch + 1);
            singles(topic, 1, 20);
            model(topic).matches(store().topic(topic));
            assertThat(store().topic(topic).scrub().problems()).isEmpty();
        }
        simulation.close(store());
    }
}
