package io.lignum.storage.stress;

import io.lignum.record.LogRecord;
import io.lignum.storage.AppendOptions;
import io.lignum.storage.Appended;
import io.lignum.storage.Durability;
import io.lignum.storage.LogCursor;
import io.lignum.storage.LogStore;
import io.lignum.storage.StorageException;
import io.lignum.storage.TopicConfig;
import io.lignum.storage.TopicLog;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;

/** What the threads of the stress do to a store. Each call does one thing, chosen at random. */
final class Tasks {

    private static final int TOPICS = 6;
    private static final int RECREATED = 2;

    private final LogStore store;
    private final Ledger ledger;
    private final Watch watch;

    Tasks(LogStore store, Ledger ledger, Watch watch) {
        this.store = store;
        this.ledger = ledger;
        this.watch = watch;
    }

    static List<String> names() {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < TOPICS; i++) {
            names.add("topic-" + i);
        }
        return names;
    }

    private TopicLog topic(Random random) {
        return store.topic("topic-" + random.nextInt(TOPICS));
    }

    static TopicConfig config(Random random) {
        Durability[] all = Durability.values();
        return TopicConfig.DEFAULT
                .withDurability(all[random.nextInt(all.length)])
                .withSegmentMaxAge(Duration.ofSeconds(1))
                .withSegmentMaxBytes(128 * 1024);
    }

    void append(Random random) {
        TopicLog log = topic(random);
        int count = 1 + random.nextInt(8);
        long first = ledger.numbers(count);
        List<LogRecord> records = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            records.add(LogRecord.of(Ledger.text(log, first + i)));
        }
        switch (random.nextInt(3)) {
            case 0 -> acknowledged(log, log.append(records), first, count);
            case 1 -> {
                CompletableFuture<Appended> future = log.appendAsync(records, AppendOptions.NONE)
                        .thenApply(done -> {
                            acknowledged(log, done, first, count);
                            return done;
                        });
                watch.expect("an append to " + log.name(), future);
            }
            default -> {
                long offset = log.append(records.get(0));
                ledger.acknowledged(log, offset, first);
            }
        }
    }

    private void acknowledged(TopicLog log, Appended done, long first, int count) {
        for (int i = 0; i < count; i++) {
            ledger.acknowledged(log, done.firstOffset() + i, first + i);
        }
    }

    void read(Random random) {
        TopicLog log = topic(random);
        long start = log.logStartOffset();
        long offset = start + (long) (random.nextDouble() * (log.readableEndOffset() - start + 1));
        try (LogCursor cursor = random.nextInt(4) == 0
                ? log.replicationCursor(Math.max(offset, log.firstStoredOffset()))
                : log.cursor(offset)) {
            long next = -1;
            for (int i = 0; i < 20 && cursor.next(); i++) {
                if (next >= 0 && cursor.batch().baseOffset() != next) {
                    throw new AssertionError("topic " + log.name() + " goes on at "
                            + cursor.batch().baseOffset() + " after " + next);
                }
                ledger.check(log, cursor);
                next = cursor.nextOffset();
            }
        } catch (StorageException.OffsetOutOfRange e) {
            if (log.logStartOffset() <= offset && offset <= log.readableEndOffset()) {
                throw new AssertionError("offset " + offset + " is there", e);
            }
        }
    }

    /** Looks into every part of every topic. */
    void readThrough(Random random) {
        for (TopicLog log : store.topics()) {
            for (long at = log.logStartOffset(); at < log.readableEndOffset(); at += 25) {
                try (LogCursor cursor = log.cursor(at)) {
                    if (!cursor.next() || cursor.nextOffset() <= at) {
                        throw new AssertionError("topic " + log.name() + " shows nothing at " + at);
                    }
                    ledger.check(log, cursor);
                }
            }
        }
    }

    void lookUp(Random random) {
        TopicLog log = topic(random);
        long now = System.currentTimeMillis();
        switch (random.nextInt(3)) {
            case 0 -> {
                var unused = log.offsetAt(now - random.nextInt(3_000));
            }
            case 1 -> {
                List<String> problems = log.scrub().problems();
                if (!problems.isEmpty()) {
                    throw new AssertionError("scrub of " + log.name() + ": " + problems);
                }
            }
            default ->
                watch.expect(
                        "a wait for more of " + log.name(),
                        log.awaitReadable(log.readableEndOffset() + random.nextInt(3) - 1));
        }
    }

    void maintain(Random random) {
        TopicLog log = topic(random);
        long start = log.logStartOffset();
        long readable = log.readableEndOffset() - start;
        switch (random.nextInt(6)) {
            case 0 -> {
                long newStart = start + (long) (random.nextDouble() * 0.3 * readable);
                watch.expect("a trim of " + log.name(), log.admin().trim(newStart));
            }
            case 1 -> watch.expect("a seal of " + log.name(), log.admin().sealActive());
            case 2, 3 -> watch.expect("a flush of " + log.name(), log.admin().flush());
            case 4 -> watch.expect("a checkpoint of " + log.name(), log.admin().checkpoint());
            default -> store.alterTopic(log.name(), config(random));
        }
    }

    void recreate(Random random) {
        TopicLog log = store.topic("topic-" + random.nextInt(RECREATED));
        store.deleteTopic(log.name());
        ledger.deleted(log);
        store.createTopic(log.name(), config(random));
    }
}
