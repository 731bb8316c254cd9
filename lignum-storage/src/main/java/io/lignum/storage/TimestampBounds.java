package io.lignum.storage;

import io.lignum.storage.internal.segment.Checks;

import java.time.Duration;
import java.util.Optional;

/**
 * Limits how far the timestamp of a record may be from the clock of the node that takes it; a
 * record outside is refused. Not applied to batches that a leader stamped, and not when a log is
 * opened.
 *
 * @param beforeMax how far in the past, at least 1 ms; empty: any
 * @param afterMax how far in the future, at least 1 ms; empty: any
 */
public record TimestampBounds(Optional<Duration> beforeMax, Optional<Duration> afterMax) {

    /** Any timestamp in the past, up to an hour in the future. */
    public static final TimestampBounds DEFAULT =
            new TimestampBounds(Optional.empty(), Optional.of(Duration.ofHours(1)));

    public TimestampBounds {
        Checks.millis("timestampBeforeMax (ms)", beforeMax);
        Checks.millis("timestampAfterMax (ms)", afterMax);
    }

    /**
     * Checks a timestamp, in milliseconds since 1970.
     *
     * @throws StorageException.InvalidTimestamp it is too far from the clock
     */
    void check(long timestamp, long nowMillis) {
        if (beforeMax.isPresent()) {
            long limit = beforeMax.get().toMillis();
            if (timestamp < nowMillis && isMoreThan(limit, timestamp, nowMillis)) {
                throw new StorageException.InvalidTimestamp(
                        timestamp,
                        nowMillis,
                        "before",
                        new StorageException.Limit("timestampBeforeMax", limit));
            }
        }
        if (afterMax.isPresent()) {
            long limit = afterMax.get().toMillis();
            if (timestamp > nowMillis && isMoreThan(limit, nowMillis, timestamp)) {
                throw new StorageException.InvalidTimestamp(
                        timestamp,
                        nowMillis,
                        "after",
                        new StorageException.Limit("timestampAfterMax", limit));
            }
        }
    }

    /** The distance of two times can exceed a long. */
    private static boolean isMoreThan(long limit, long earlier, long later) {
        long distance = later - earlier;
        return distance < 0 || distance > limit;
    }
}
