package io.lignum.storage;

import io.lignum.storage.env.Disk;
import io.lignum.storage.internal.segment.Segment;
import io.lignum.storage.internal.segment.SegmentList;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Decides which segments of a log are too old or too many. Reads published state, and the
 * modification time of a file that seems too old. Called by the tick.
 *
 * <p>The age of a segment counts from its newest timestamp if that is plausible: not in the future,
 * and not older than the retention age when the segment was written. Otherwise it counts from the
 * time of that write, which is the file's modification time. So records with wrong timestamps are
 * kept as long after their append as others, and a follower that was filled with old records does
 * not keep them for longer than its leader.
 */
final class Retention {

    /** A log at its limit of age or size has at least so many segments. */
    private static final int SEGMENTS_PER_BOUND = 4;

    private static final long MIN_SEGMENT_BYTES = 64 * 1024;

    private final TopicConfig config;
    private final LogState state;
    private final Disk disk;
    private final long nowMillis;

    Retention(TopicConfig config, LogState state, Disk disk, long nowMillis) {
        this.config = config;
        this.state = state;
        this.disk = disk;
        this.nowMillis = nowMillis;
    }

    /**
     * A segment is sealed at this age, since records can only be deleted with their whole segment.
     */
    private static long sealMillis(TopicConfig config) {
        long own = config.segmentMaxAge().toMillis();
        return config.retentionAge()
                .map(age -> Math.min(own, Math.max(1, age.toMillis() / SEGMENTS_PER_BOUND)))
                .orElse(own);
    }

    /**
     * A segment is sealed before it grows over this, so that a small limit of the log's size is
     * kept.
     */
    static long segmentBytes(TopicConfig config) {
        long own = config.segmentMaxBytes();
        return config.retentionBytes().isPresent()
                ? Math.min(
                        own,
                        Math.max(
                                MIN_SEGMENT_BYTES,
                                config.retentionBytes().getAsLong() / SEGMENTS_PER_BOUND))
                : own;
    }

    /**
     * Whether the first record of the active segment was appended too long ago, or in the future by
     * a clock that was wrong.
     */
    boolean activeIsOld() {
        OptionalLong first = state.activeSince();
        return first.isPresent() && Math.abs(nowMillis - first.getAsLong()) >= sealMillis(config);
    }

    /**
     * The log start offset that the limits ask for, if it is above the present one. Removes whole
     * sealed segments only.
     */
    OptionalLong newStart() throws IOException {
        SegmentList segments = state.segments();
        long excess = config.retentionBytes().isPresent()
                ? segments.sizeInBytes() - config.retentionBytes().getAsLong()
                : 0;
        long start = state.logStartOffset();
        for (int i = 0; i < segments.size() - 1; i++) {
            Segment segment = segments.get(i);
            boolean tooMuch =
                    excess >= segment.sizeInBytes() && config.retentionBytes().isPresent();
            if (!segment.isSealed()
                    || segment.endOffset() > state.readableEnd()
                    || !(tooMuch || isTooOld(segment))) {
                break;
            }
            excess -= segment.sizeInBytes();
            start = segment.endOffset();
        }
        return start > state.logStartOffset() ? OptionalLong.of(start) : OptionalLong.empty();
    }

    private boolean isTooOld(Segment segment) throws IOException {
        Optional<Duration> retention = config.retentionAge();
        if (retention.isEmpty()) {
            return false;
        }
        long age = retention.get().toMillis();
        long newest = segment.maxTimestamp();
        if (newest <= nowMillis && nowMillis - newest <= age) {
            return false;
        }
        OptionalLong written = writtenMillis(segment);
        if (written.isEmpty()) {
            return false;
        }
        boolean plausible = newest <= nowMillis && written.getAsLong() - newest <= age;
        return plausible || nowMillis - written.getAsLong() > age;
    }

    /** Empty when the segment was removed meanwhile. */
    private OptionalLong writtenMillis(Segment segment) throws IOException {
        try {
            return OptionalLong.of(disk.lastModifiedMillis(segment.path()));
        } catch (NoSuchFileException e) {
            return OptionalLong.empty();
        }
    }
}
