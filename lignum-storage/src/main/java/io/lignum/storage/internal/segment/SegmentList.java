package io.lignum.storage.internal.segment;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Lists the segments of a log, oldest first, the active one last. Immutable, so readers need no
 * lock.
 */
public final class SegmentList {

    private final Segment[] segments;

    private SegmentList(Segment[] segments) {
        this.segments = segments;
    }

    public static SegmentList of(List<Segment> segments) {
        return new SegmentList(segments.toArray(new Segment[0]));
    }

    public SegmentList with(Segment next) {
        Segment[] more = Arrays.copyOf(segments, segments.length + 1);
        more[segments.length] = next;
        return new SegmentList(more);
    }

    public SegmentList withoutFirst(int count) {
        return new SegmentList(Arrays.copyOfRange(segments, count, segments.length));
    }

    /**
     * Index of the segment that holds {@code offset}, or of the last one if it is above all; -1 if
     * it is below all.
     */
    public int indexOf(long offset) {
        int low = 0;
        int high = segments.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (segments[middle].baseOffset() <= offset) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low - 1;
    }

    public Segment get(int index) {
        return segments[index];
    }

    public Segment last() {
        return segments[segments.length - 1];
    }

    public int size() {
        return segments.length;
    }

    public long sizeInBytes() {
        long sum = 0;
        for (Segment segment : segments) {
            sum += segment.sizeInBytes();
        }
        return sum;
    }

    public List<Segment> without(Segment one) {
        List<Segment> others = new ArrayList<>(List.of(segments));
        others.remove(one);
        return others;
    }

    public List<Segment> sealed() {
        List<Segment> sealed = new ArrayList<>(List.of(segments));
        sealed.removeIf(segment -> !segment.isSealed());
        return sealed;
    }
}
