package io.lignum.storage;

import io.lignum.storage.internal.segment.ActiveSegment;
import io.lignum.storage.internal.segment.EpochHistory;
import io.lignum.storage.internal.segment.ProducerStates;
import io.lignum.storage.internal.segment.SegmentList;
import io.lignum.storage.internal.segment.SegmentManifest;

import org.jspecify.annotations.Nullable;

import java.util.OptionalLong;

/**
 * The result of opening a log.
 *
 * @param segments all readable segments, the active one last
 * @param active the segment to append to
 * @param damage why nothing can be appended: durable bytes at the end of the log are missing or
 *     damaged; null if they are not
 */
record Recovered(
        SegmentList segments,
        ActiveSegment active,
        long logStartOffset,
        OptionalLong highWatermark,
        EpochHistory epochs,
        ProducerStates producers,
        SegmentManifest manifest,
        @Nullable StorageException damage,
        RecoveryReport report) {}
