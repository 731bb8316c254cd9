package io.lignum.storage;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The segments of a log, oldest first, the active one last. Immutable, so readers need no lock. */
final class SegmentList {

    private final Segment[] segments;

    private SegmentList(Segment[] segments) {
        this.segments = segments;
    }

    static SegmentList of(List<Segment> segments) {
        return new SegmentList(segments.toArray(new Segment[0]));
    }

    SegmentList with(Segment next) {
        Segment[] more = Arrays.copyOf(segments, segments.length + 1);
        more[segments.length] = next;
        return new SegmentList(more);
    }

    SegmentList withoutFirst(int count) {
        return new SegmentList(Arrays.copyOfRange(segments, count, segments.length));
    }

    /** Index of the segment that holds {@code offset}, or would as the last; -1 if below all. */
    int indexOf(long offset) {
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

    Segment get(int index) {
        return segments[index];
    }

    Segment last() {
        return segments[segments.length - 1];
    }

    int size() {
        return segments.length;
    }

    long sizeInBytes() {
        long sum = 0;
        for (Segment segment : segments) {
            sum += segment.sizeInBytes();
        }
        return sum;
    }

    List<Segment> without(Segment one) {
        List<Segment> others = new ArrayList<>(List.of(segments));
        others.remove(one);
        return others;
    }

    List<Segment> sealed() {
        List<Segment> sealed = new ArrayList<>(List.of(segments));
        sealed.removeIf(segment -> !segment.isSealed());
        return sealed;
    }
}
