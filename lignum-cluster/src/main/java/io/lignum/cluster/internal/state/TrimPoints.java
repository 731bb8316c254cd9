package io.lignum.cluster.internal.state;

import io.lignum.storage.TopicLog;

import java.util.ArrayList;
import java.util.List;

/**
 * The trims of one topic, each with the epoch of the leader that accepted it. If that leader failed
 * before another node had all the records that it trimmed (of a {@code wal} topic), records of
 * later epochs stand at offsets below the trim, and must not be trimmed. If its records come back,
 * they must be. Therefore a trim applies to a log only up to the end of its epoch in that log.
 *
 * @param points by rising epoch and falling start: a later trim replaces earlier ones that are not
 *     higher
 */
public record TrimPoints(List<Point> points) {

    /** Records of this epoch and earlier ones below this offset are trimmed. */
    private record Point(int epoch, long start) {

        long startIn(TopicLog log) {
            return Math.min(start, log.epochEnd(epoch).endOffset());
        }

        /** Whether all the trimmed records are in this log, or never will be. */
        boolean isReachedBy(TopicLog log) {
            return start <= log.logEndOffset() || log.lastEpoch().orElse(0) > epoch;
        }
    }

    /** No trim. */
    public static final TrimPoints NONE = new TrimPoints(List.of());

    /** With a further trim, in the same epoch or a later one. */
    public TrimPoints and(int epoch, long start) {
        List<Point> all = new ArrayList<>(points);
        all.removeIf(point -> point.start <= start);
        boolean isLower = !all.isEmpty() && all.get(all.size() - 1).epoch == epoch;
        if (!isLower) {
            all.add(new Point(epoch, start));
        }
        return new TrimPoints(List.copyOf(all));
    }

    /** Below this offset everything is trimmed in any log. */
    public long highest() {
        return points.isEmpty() ? 0 : points.get(0).start;
    }

    /**
     * The start of this log if it only gets records of later epochs, which is true for the
     * leader's.
     */
    public long startIn(TopicLog log) {
        return points.stream().mapToLong(point -> point.startIn(log)).max().orElse(0);
    }

    /** The start of this log, whatever records it gets. */
    public long reachedBy(TopicLog log) {
        return points.stream()
                .filter(point -> point.isReachedBy(log))
                .mapToLong(point -> point.startIn(log))
                .max()
                .orElse(0);
    }
}
