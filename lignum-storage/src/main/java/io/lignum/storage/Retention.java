package io.lignum.storage;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/** Decides what of a log is too old or too much. Looks at published state only. */
final class Retention {

    private final TopicConfig config;
    private final LogState state;
    private final long nowMillis;

    Retention(TopicLog log, long nowMillis) {
        config = log.config();
        state = log.state();
        this.nowMillis = nowMillis;
    }

    /** The active segment has records and its first one was appended too long ago. */
    boolean activeIsOld() {
        OptionalLong first = state.activeSince();
        return first.isPresent()
                && nowMillis - first.getAsLong() >= config.segmentMaxAge().toMillis();
    }

    /** Where the log should start, if it should start later than it does. Whole sealed segments go. */
    OptionalLong newStart() {
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
                    || !(tooMuch || isTooOld(segment))
                    || segment.endOffset() > state.readableEnd()) {
                break;
            }
            excess -= segment.sizeInBytes();
            start = segment.endOffset();
        }
        return start > state.logStartOffset() ? OptionalLong.of(start) : OptionalLong.empty();
    }

    private boolean isTooOld(Segment segment) {
        Optional<Duration> age = config.retentionAge();
        return age.isPresent() && nowMillis - segment.maxTimestamp() > age.get().toMillis();
    }
}
