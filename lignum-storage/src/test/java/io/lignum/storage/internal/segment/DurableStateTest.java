package io.lignum.storage.internal.segment;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.storage.sim.SimulatedDisk;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A log with sealed segments 0..10 and 10..20, and a checkpoint at offset 25 of the active segment,
 * byte 500.
 */
class DurableStateTest {

    private static final Path DIRECTORY = Path.of("/sim/topic");

    private final SimulatedDisk disk = new SimulatedDisk(1);
    private DurableState both;
    private DurableState listOnly;

    @BeforeEach
    void write() throws IOException {
        disk.createDirectories(DIRECTORY);
        SegmentManifest manifest = SegmentManifest.load(disk, DIRECTORY);
        manifest.add(new SegmentManifest.Entry(0, new SegmentSummary(10, 1000, 7, 1, 0)));
        manifest.add(new SegmentManifest.Entry(10, new SegmentSummary(20, 1000, 7, 2, 0)));
        Checkpoint checkpoint = new Checkpoint(
                3,
                OptionalLong.empty(),
                20,
                new SegmentSummary(25, 500, 7, 3, 0),
                1,
                EpochHistory.EMPTY,
                new ProducerStates(10));
        both = new DurableState(Optional.of(checkpoint), Optional.of(manifest));
        listOnly = new DurableState(Optional.empty(), Optional.of(manifest));
    }

    @Test
    void durableEnd_isTheLaterOne() {
        assertThat(both.endOffset()).isEqualTo(25);
        assertThat(listOnly.endOffset()).isEqualTo(20);
        assertThat(new DurableState(Optional.empty(), Optional.empty()).endOffset())
                .isZero();
    }

    @Test
    void badBytes_areAnUnfinishedWrite_aboveEverythingDurableOnly() {
        assertThat(both.isUnfinishedWrite(20, true, 500)).isTrue();
        assertThat(both.isUnfinishedWrite(30, true, 0)).isTrue();
        assertThat(both.isUnfinishedWrite(20, true, 499))
                .as("below the checkpoint")
                .isFalse();
        assertThat(both.isUnfinishedWrite(20, false, 500)).as("sealed").isFalse();
        assertThat(both.isUnfinishedWrite(10, true, 1000)).as("listed").isFalse();
        assertThat(both.isUnfinishedWrite(15, true, 1000))
                .as("before the checkpoint's segment")
                .isFalse();
        assertThat(listOnly.isUnfinishedWrite(20, true, 0)).isTrue();
    }

    @Test
    void gap_isUnfinished_aboveEverythingDurableOnly() {
        assertThat(both.isUnfinishedGap(25, 30)).isTrue();
        assertThat(both.isUnfinishedGap(24, 30))
                .as("durable records are missing")
                .isFalse();
        assertThat(both.isUnfinishedGap(30, 30)).as("no gap").isFalse();
        assertThat(listOnly.isUnfinishedGap(5, 10)).as("listed").isFalse();
    }

    @Test
    void scan_startsAtTheCheckpoint_inItsSegmentOnly() {
        assertThat(both.startOf(20)).isEqualTo(new SegmentSummary(25, 500, 7, 3, 0));
        assertThat(both.startOf(30)).isEqualTo(new SegmentSummary(30));
        assertThat(both.isAboveCheckpoint(20)).isTrue();
        assertThat(both.isAboveCheckpoint(10)).isFalse();
        assertThat(listOnly.isAboveCheckpoint(0)).isTrue();
    }
}
