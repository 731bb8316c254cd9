package io.lignum.storage;

import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/**
 * Says whether a store works and makes progress. Cheap to get, on any thread, also while the store
 * is stuck or after it failed.
 *
 * @param failure why the store takes no appends until it is opened again; empty while it works
 * @param sinceTick time since a pass of background work last began or ended
 * @param sinceWrite the longest time since a writer that has work made progress; zero when none has
 *     work. It grows while one call of the disk runs, so a slow force shows here
 * @param slowestTopic the topic that {@code sinceWrite} is about
 */
public record StoreHealth(
        Optional<StorageException> failure,
        Duration sinceTick,
        Duration sinceWrite,
        Optional<String> slowestTopic) {

    /**
     * Whether background work, or a writer that has work, made no progress for longer than that.
     */
    public boolean isStuck(Duration longest) {
        return sinceTick.compareTo(longest) > 0 || isWriterStuck(longest);
    }

    boolean isWriterStuck(Duration longest) {
        return sinceWrite.compareTo(longest) > 0;
    }

    static StoreHealth of(StoreFailure failure, Progress tick, Collection<TopicLog> logs) {
        TopicLog slowest = logs.stream()
                .filter(log -> log.progress().isWorking())
                .max(Comparator.comparing(log -> log.progress().sinceMove()))
                .orElse(null);
        return new StoreHealth(
                Optional.ofNullable(failure.refusal()),
                tick.sinceMove(),
                slowest == null ? Duration.ZERO : slowest.progress().sinceMove(),
                Optional.ofNullable(slowest).map(TopicLog::name));
    }
}
