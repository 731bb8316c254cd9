package io.lignum.bench.work;

import io.lignum.storage.AppendOptions;
import io.lignum.storage.Durability;
import io.lignum.storage.LogStore;
import io.lignum.storage.TopicConfig;
import io.lignum.storage.TopicLog;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;

/** The engine with default settings, except the durability of the case. */
final class Lignum {

    static final String TOPIC = "bench";

    private Lignum() {}

    static LogStore open(Path directory) {
        return LogStore.open(directory);
    }

    static TopicLog topic(LogStore store, WorkSettings settings) {
        Durability durability = Durability.valueOf(settings.text("durability"));
        return store.createTopic(TOPIC, TopicConfig.DEFAULT.withDurability(durability));
    }

    /** Futures in flight, bounded in number. */
    static final class InFlight<T> {
        private final int limit;
        private final ArrayDeque<CompletableFuture<T>> futures = new ArrayDeque<>();

        InFlight(int limit) {
            this.limit = limit;
        }

        /** Adds a future; waits for the oldest if there are too many. */
        void add(CompletableFuture<T> future) {
            futures.add(future);
            if (futures.size() >= limit) {
                futures.remove().join();
                CompletableFuture<T> oldest = futures.peek();
                while (oldest != null && oldest.isDone()) {
                    futures.remove().join();
                    oldest = futures.peek();
                }
            }
        }

        void drain() {
            while (!futures.isEmpty()) {
                futures.remove().join();
            }
        }
    }

    /** Fills a log as fast as possible, with prepared batches whose appends overlap. */
    static void fill(TopicLog log, WorkSettings settings) {
        BatchMaker maker = new BatchMaker(settings.integer("size"));
        long records = settings.number("records");
        InFlight<Object> inFlight = new InFlight<>(16);
        while (maker.records() < records) {
            inFlight.add(log.appendAsync(maker.next(records), AppendOptions.NONE)
                    .thenApply(appended -> appended));
        }
        inFlight.drain();
    }
}
