package io.lignum.cluster.internal.state;

import io.lignum.storage.TopicLog;

import java.util.ArrayList;
import java.util.List;

/**
 * Where a topic was trimmed, each time in the log that the leader of an epoch had. If that leader
 * failed before others had all of what it trimmed, as may be with a wal topic, records of later
 * epochs stand below the trim and are not meant by it; and should its records come back, they are.
 * So a trim holds as far as its epoch goes in a log.
 *
 * @param points of rising epochs and falling starts, as a later trim that is not lower takes the
 *     place of those before
 */
public record TrimPoints(List<Point> points) {

    /** Records of this epoch and those before, below this offset, are trimmed. */
    private record Point(int epoch, long start) {

        long startIn(TopicLog log) {
            return Math.min(start, log.epochEnd(epoch).endOffset());
        }

        /** Whether all of what is trimmed has come to this log, or never will. */
        boolean isReachedBy(TopicLog log) {
            return start <= log.logEndOffset() || log.lastEpoch().orElse(0) > epoch;
        }
    }

    /** Nothing was trimmed. */
    public static final TrimPoints NONE = new TrimPoints(List.of());

    /** And trimmed in the same epoch, or in a later one. */
    public TrimPoints and(int epoch, long start) {
        List<Point> all = new ArrayList<>(points);
        all.removeIf(point -> point.start <= start);
        boolean isLower = !all.isEmpty() && all.get(all.size() - 1).epoch == epoch;
        if (!isLower) {
            all.add(new Point(epoch, start));
        }
        return new TrimPoints(List.copyOf(all));
    }

    /** Below this offset everything is trimmed that is in any log. */
    public long highest() {
        return points.isEmpty() ? 0 : points.get(0).start;
    }

    /**
     * Where this log is to begin if nothing comes to it but later epochs, as is so for the
     * leader's.
     */
    public long startIn(TopicLog log) {
        return points.stream().mapToLong(point -> point.startIn(log)).max().orElse(0);
    }

    /** Where this log is to begin, whatever comes to it. */
    public long reachedBy(TopicLog log) {
        return points.stream()
                .filter(point -> point.isReachedBy(log))
                .mapToLong(point -> point.startIn(log))
                .max()
                .orElse(0);
    }
}
