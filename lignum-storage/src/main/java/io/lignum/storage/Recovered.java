package io.lignum.storage;

import io.lignum.storage.internal.segment.ActiveSegment;
import io.lignum.storage.internal.segment.EpochHistory;
import io.lignum.storage.internal.segment.ProducerStates;
import io.lignum.storage.internal.segment.SegmentList;
import io.lignum.storage.internal.segment.SegmentManifest;

import org.jspecify.annotations.Nullable;

import java.util.OptionalLong;

/**
 * A log as opening found it.
 *
 * @param segments all that can be read, the active one last
 * @param active the segment to go on with
 * @param damage why nothing can be appended, if so: durable bytes of the end of the log are gone
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
