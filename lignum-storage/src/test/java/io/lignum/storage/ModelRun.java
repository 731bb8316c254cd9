package io.lignum.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.lignum.record.Compression;
import io.lignum.record.LogRecord;
import io.lignum.record.ProducerStamp;
import io.lignum.record.RecordBatch;
import io.lignum.record.RecordBatchBuilder;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/**
 * Random operations on a store with a few topics, many of them in flight at a time, held against a
 * model. Everything follows from the seed.
 */
final class ModelRun {

    private final Random random;
    private final Simulation simulation;
    private final Map<String, TopicModel> models = new TreeMap<>();
    private final List<CompletableFuture<?>> inFlight = new ArrayList<>();
    private LogStore store;
    private long producers;
    private int values;
    private boolean diskIsFull;
    final List<String> history = new ArrayList<>();

    ModelRun(long seed) {
        random = new Random(seed);
        simulation = new Simulation(seed);
        if (random.nextBoolean()) {
            simulation.disk.readShort();
        }
        store = simulation.open();
        for (int i = 0; i < 2; i++) {
            store.createTopic("t" + i, config());
            TopicModel model = new TopicModel();
            model.trimsItself = store.topic("t" + i).config().retentionBytes().isPresent();
            models.put("t" + i, model);
        }
    }

    private TopicConfig config() {
        return TopicConfig.DEFAULT
                .withDurability(List.of(Durability.values()).get(random.nextInt(3)))
                .withSegmentMaxRecords(1 + random.nextInt(20))
                .withSegmentMaxBytes(4096 + random.nextInt(30_000))
                .withSegmentMaxAge(Duration.ofSeconds(1 + random.nextInt(100)))
                .withRetentionBytes(
                        random.nextInt(3) == 0 ? OptionalLong.of(20_000) : OptionalLong.empty());
    }

    void run(int operations) {
        for (int i = 0; i < operations; i++) {
            String topic = "t" + random.nextInt(models.size());
            operation(topic, Objects.requireNonNull(models.get(topic)), store.topic(topic));
            for (int steps = random.nextInt(6); steps > 0; steps--) {
                simulation.environment.step();
            }
        }
        reopen();
        models.forEach((topic, model) -> model.matches(store.topic(topic)));
        simulation.close(store);
    }

    private void operation(String topic, TopicModel model, TopicLog log) {
        int choice = random.nextInt(100);
        if (choice < 25) {
            did("singles " + topic);
            for (int i = random.nextInt(6); i >= 0; i--) {
                LogRecord record = model.add(time(), values(1)).get(0);
                append(model, log, 1, first -> log.appendAsync(record).thenApply(ModelRun::one));
            }
        } else if (choice < 40) {
            did("batch " + topic);
            batch(model, log);
        } else if (choice < 52) {
            did("producer " + topic);
            producerBatch(model, log);
        } else if (choice < 58) {
            did("repeat " + topic);
            repeat(model, log);
        } else if (choice < 62) {
            did("refused " + topic);
            refused(model, log);
        } else if (choice < 75) {
            did("read " + topic);
            read(model, log);
        } else {
            maintain(choice, topic, model, log);
        }
    }

    private void maintain(int choice, String topic, TopicModel model, TopicLog log) {
        if (choice < 78) {
            did("seal " + topic);
            note(log.admin().sealActive());
        } else if (choice < 79) {
            did("flush " + topic);
            note(log.admin().flush());
        } else if (choice < 81) {
            did("epoch " + topic);
            assertThat(log.lead(++model.epoch)).isEqualTo(model.end());
        } else if (choice < 84) {
            did("tick");
            simulation.environment.advance(Duration.ofSeconds(1 + random.nextInt(20)));
            store.tick();
        } else if (choice < 86) {
            did("trim " + topic);
            trim(model, log);
        } else if (choice < 88) {
            did("watermark " + topic);
            watermark(model, log);
        } else if (choice < 89) {
            did("stamped " + topic);
            stamped(model, log);
        } else if (choice < 93) {
            change(choice, topic, model, log);
        } else if (choice < 96) {
            did(diskIsFull ? "disk has space" : "disk full");
            diskIsFull = !diskIsFull;
            simulation.disk.limitCapacity(
                    diskIsFull
                            ? simulation.disk.usedBytes() + random.nextInt(5000)
                            : Long.MAX_VALUE / 2);
        } else if (choice < 98) {
            crash();
        } else {
            reopen();
        }
    }

    /** Changes that need disk space, or would leave the model in doubt. */
    private void change(int choice, String topic, TopicModel model, TopicLog log) {
        if (diskIsFull) {
            return;
        }
        quiesce();
        if (choice < 91) {
            did("truncate " + topic);
            truncate(model, log);
        } else if (choice < 92) {
            did("start again " + topic);
            startAt(model, log);
        } else {
            did("alter " + topic);
            store.alterTopic(topic, config().withRetentionBytes(log.config().retentionBytes()));
        }
    }

    private void did(String what) {
        history.add(what);
    }

    private static Appended one(long offset) {
        return new Appended(offset, 1, false);
    }

    private List<String> values(int count) {
        List<String> result = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            result.add("v" + values++ + "-" + "y".repeat(random.nextInt(random.nextInt(1500) + 1)));
        }
        return result;
    }

    private long time() {
        return simulation.environment.wallMillis() + random.nextInt(5000);
    }

    @FunctionalInterface
    private interface Append {
        CompletableFuture<Appended> run(long first);
    }

    /**
     * The model has the records already; they leave it again if they are definitely not in the log.
     */
    private void append(TopicModel model, TopicLog log, int count, Append append) {
        long first = model.end() - count;
        boolean always = log.config().durability() == Durability.ALWAYS;
        try {
            note(append.run(first).handle((appended, failure) -> {
                if (failure == null) {
                    assertThat(appended.firstOffset()).as("offset").isEqualTo(first);
                    model.acknowledge(appended);
                    model.durable = always ? Math.max(model.durable, first + count) : model.durable;
                } else {
                    refused(model, first, failure);
                }
                return appended;
            }));
        } catch (StorageException e) {
            refused(model, first, e);
        }
    }

    /** Only a full disk refuses here, and that definitely. */
    private static void refused(TopicModel model, long first, Throwable failure) {
        Throwable cause = failure.getCause() == null ? failure : failure.getCause();
        assertThat(cause).isInstanceOf(StorageException.DiskFull.class);
        assertThat(((StorageException) cause).outcome()).isEqualTo(Outcome.NOT_APPLIED);
        assertThat(model.acknowledged).isLessThanOrEqualTo(first);
        model.cutTo(Math.min(model.end(), first));
    }

    private void batch(TopicModel model, TopicLog log) {
        int count = 1 + random.nextInt(5);
        List<LogRecord> records = model.add(time(), values(count));
        long end = model.end() - count;
        AppendOptions options =
                random.nextInt(3) == 0 ? AppendOptions.expecting(end) : AppendOptions.NONE;
        append(model, log, count, first -> log.appendAsync(records, options));
    }

    private void producerBatch(TopicModel model, TopicLog log) {
        List<Long> known = List.copyOf(model.producers.keySet());
        boolean old = !known.isEmpty() && random.nextInt(4) > 0;
        long id = old ? known.get(random.nextInt(known.size())) : producers++;
        int count = 1 + random.nextInt(3);
        ProducerStamp stamp = model.send(id, count);
        List<LogRecord> records = model.add(time(), values(count));
        append(model, log, count, first -> log.appendAsync(records, AppendOptions.from(stamp)));
    }

    private void repeat(TopicModel model, TopicLog log) {
        for (Map.Entry<Long, TopicModel.Producer> entry : model.producers.entrySet()) {
            List<TopicModel.Sent> window = List.copyOf(entry.getValue().window);
            TopicModel.Sent sent = window.get(random.nextInt(window.size()));
            short epoch = entry.getValue().epoch;
            ProducerStamp stamp = new ProducerStamp(entry.getKey(), epoch, sent.sequence());
            AppendOptions options = AppendOptions.from(stamp);
            try {
                note(log.appendAsync(LogRecordLists.same(sent.count()), options)
                        .thenAccept(answer -> assertThat(answer)
                                .isEqualTo(new Appended(sent.offset(), sent.count(), true))));
            } catch (StorageException.DiskFull e) {
                history.add("full");
            }
        }
    }

    /** What must be refused is, and leaves no trace. */
    private void refused(TopicModel model, TopicLog log) {
        List<LogRecord> records = LogRecordLists.same(1);
        List<AppendOptions> wrong = new ArrayList<>();
        wrong.add(AppendOptions.expecting(model.end() + 1));
        wrong.add(AppendOptions.from(new ProducerStamp(1_000_000 + producers, (short) 0, 9)));
        model.producers.forEach((id, producer) -> wrong.add(AppendOptions.from(
                new ProducerStamp(id, producer.epoch, producer.next + 1 + random.nextInt(3)))));
        AppendOptions options = wrong.get(random.nextInt(wrong.size()));
        StorageException refusal = catchThrowableOfType(
                StorageException.class, () -> log.appendAsync(records, options).join());
        assertThat(refusal).isNotNull();
        boolean forgotten = refusal instanceof StorageException.UnknownProducer;
        assertThat(refusal.outcome()).isEqualTo(forgotten ? Outcome.UNKNOWN : Outcome.NOT_APPLIED);
    }

    private void read(TopicModel model, TopicLog log) {
        long start = log.logStartOffset();
        long end = log.readableEndOffset();
        assertThat(end)
                .as("readable end")
                .isBetween(
                        model.readable(model.acknowledged, start),
                        model.readable(model.end(), start));
        long from = start + (long) (random.nextDouble() * (end - start));
        try (LogCursor cursor = log.cursor(from)) {
            assertThat(model.readFrom(cursor, from)).as("end of what is read").isEqualTo(end);
        }
        long time = time() - random.nextInt(30_000);
        OptionalLong expected = OptionalLong.empty();
        for (long at = end - 1; at >= start; at--) {
            if (model.entries.get((int) at).timestamp() >= time) {
                expected = OptionalLong.of(at);
            }
        }
        assertThat(log.offsetAt(time)).as("offset at %s", time).isEqualTo(expected);
        long awaited = start + random.nextInt((int) (end - start) + 5);
        CompletableFuture<Long> wait = log.awaitReadable(awaited);
        assertThat(wait.isDone()).as("waiting for %s of %s", awaited, end).isEqualTo(awaited < end);
        if (random.nextBoolean()) {
            wait.cancel(false);
        } else {
            note(wait.thenAccept(reached -> assertThat(reached).isGreaterThan(awaited)));
        }
    }

    private void trim(TopicModel model, TopicLog log) {
        quiesce();
        long start = log.logStartOffset();
        if (!model.trimsItself) {
            assertThat(start).isIn(model.start, model.startUnderWay);
        }
        model.start = start;
        model.startUnderWay = start + random.nextInt((int) (log.readableEndOffset() - start) + 1);
        note(log.admin().trim(model.startUnderWay));
    }

    /** Moves it to the end of some batch, forth or back, or takes it away. */
    private void watermark(TopicModel model, TopicLog log) {
        if (random.nextInt(4) == 0) {
            model.watermark = OptionalLong.empty();
            log.resetHighWatermark(model.watermark);
            return;
        }
        quiesce(); // A trim on its way may go above what is readable afterwards.
        long to = log.logStartOffset();
        try (LogCursor cursor = log.replicationCursor(to)) {
            if (cursor.next()) {
                to = cursor.batch().baseOffset(); // The log may start inside of it.
            }
            while (random.nextInt(8) > 0 && cursor.next()) {
                to = cursor.batch().baseOffset();
            }
        }
        if (random.nextBoolean()) {
            log.advanceHighWatermark(to);
            model.watermark = OptionalLong.of(Math.max(to, model.watermark.orElse(0)));
        } else {
            log.resetHighWatermark(OptionalLong.of(to));
            model.watermark = OptionalLong.of(to);
        }
        assertThat(log.highWatermark()).isEqualTo(model.watermark);
    }

    private void stamped(TopicModel model, TopicLog log) {
        log.follow();
        long base = model.end();
        model.epoch++;
        List<LogRecord> records = model.add(time(), values(1 + random.nextInt(4)));
        ByteBuffer batch = RecordBatchBuilder.build(records, Compression.NONE, time());
        RecordBatch.at(batch, 0).stamp(base, model.epoch);
        append(model, log, records.size(), first -> log.appendStamped(batch));
        assertThat(log.lead(model.epoch)).isEqualTo(model.end());
    }

    private void startAt(TopicModel model, TopicLog log) {
        if (log.logStartOffset() == log.logEndOffset()) {
            return;
        }
        long offset = model.end() + random.nextInt(4);
        model.startAt(offset);
        CompletableFuture<Void> started = log.admin().startAt(offset);
        note(started);
        quiesceOnly();
        assertThat(started).isCompleted();
        model.startedAt();
        model.epoch = log.epoch(); // 0 if it never led
        assertThat(log.highWatermark()).isEqualTo(model.watermark);
    }

    private void truncate(TopicModel model, TopicLog log) {
        long start = log.logStartOffset();
        long to = start + random.nextInt((int) (log.logEndOffset() - start) + 1);
        if (to < Math.min(model.watermark.orElse(0), model.end())) {
            CompletableFuture<TruncateResult> refused = log.admin().truncate(to);
            simulation.environment.run();
            assertThat(refused).isCompletedExceptionally();
            assertThatThrownBy(refused::join)
                    .hasCauseInstanceOf(StorageException.BelowHighWatermark.class);
            return;
        }
        CompletableFuture<TruncateResult> result = log.admin().truncate(to);
        note(result);
        model.cutUnderWay = 0;
        quiesce();
        model.cutUnderWay = Long.MAX_VALUE;
        assertThat(log.logEndOffset())
                .isLessThanOrEqualTo(result.isCompletedExceptionally() ? model.end() : to);
        model.cutTo(log.logEndOffset());
        model.epoch = log.epoch(); // lower if it never led and its last batches are lost
        model.acknowledged = Math.min(model.acknowledged, model.end());
        model.durable = Math.min(model.durable, model.end());
        model.start = log.logStartOffset(); // lower when the batch that was cut began below it
        model.startUnderWay = model.start;
        assertThat(model.start).isLessThanOrEqualTo(model.end());
    }

    private void note(CompletableFuture<?> future) {
        inFlight.add(future);
    }

    private void quiesce() {
        quiesceOnly();
        models.forEach((topic, model) -> {
            assertThat(model.acknowledged).as("all of %s is done", topic).isEqualTo(model.end());
        });
    }

    /** Lets everything finish; nothing but a full disk may have failed anything. */
    private void quiesceOnly() {
        simulation.environment.run();
        for (CompletableFuture<?> future : inFlight) {
            if (future.isCompletedExceptionally()) {
                Throwable failure = future.handle((ok, e) -> e).join();
                Throwable cause = failure.getCause() == null ? failure : failure.getCause();
                if (!(cause instanceof StorageException.DiskFull)) {
                    throw new AssertionError("an operation failed", failure);
                }
            }
        }
        inFlight.removeIf(CompletableFuture::isDone);
    }

    private void reopen() {
        did("reopen");
        withSpace();
        simulation.environment.run();
        quiesce();
        inFlight.clear();
        simulation.close(store);
        Map<String, OptionalLong> watermarks = new TreeMap<>();
        models.forEach((topic, model) -> watermarks.put(topic, model.watermark));
        recover(false);
        models.forEach(
                (topic, model) -> assertThat(model.watermark).isEqualTo(watermarks.get(topic)));
    }

    private void crash() {
        boolean power = random.nextBoolean();
        did(power ? "power lost" : "killed");
        models.forEach((topic, model) ->
                model.durable = Math.max(model.durable, store.topic(topic).flushedOffset()));
        inFlight.clear();
        simulation.crash(power);
        withSpace();
        recover(power);
    }

    private void withSpace() {
        diskIsFull = false;
        simulation.disk.limitCapacity(Long.MAX_VALUE / 2);
    }

    private void recover(boolean powerWasLost) {
        store = simulation.open();
        models.forEach((topic, model) -> {
            Optional<TopicLog> log = store.findTopic(topic);
            assertThat(log).as("topic %s", topic).isPresent();
            model.recovered(log.get(), powerWasLost);
            assertThat(log.get().scrub().problems()).isEmpty();
        });
    }
}
