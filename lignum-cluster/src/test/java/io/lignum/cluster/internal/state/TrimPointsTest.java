package io.lignum.cluster.internal.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.cluster.sim.SimulatedTime;
import io.lignum.record.Compression;
import io.lignum.record.LogRecord;
import io.lignum.record.RecordBatch;
import io.lignum.record.RecordBatchBuilder;
import io.lignum.storage.LogStore;
import io.lignum.storage.StoreConfig;
import io.lignum.storage.TopicConfig;
import io.lignum.storage.TopicLog;
import io.lignum.storage.env.Environment;
import io.lignum.storage.sim.SimulatedDisk;

import org.junit.jupiter.api.Test;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Random;

/** How far a trim goes in logs that are not the one it was asked for in. */
final class TrimPointsTest {

    private final LogStore store = LogStore.open(
            Path.of("/data"),
            StoreConfig.DEFAULT.toBuilder().reserveBytes(0).build(),
            new Environment(
                    new SimulatedDisk(1), new SimulatedTime(1), new Random(1), Runnable::run));
    private final TopicLog log = store.createTopic("t", TopicConfig.DEFAULT);
    private final TrimPoints to12InEpoch1 = TrimPoints.NONE.and(1, 12);

    private void append(int epoch, int count) {
        ByteBuffer batch = RecordBatchBuilder.build(
                Collections.nCopies(count, LogRecord.of("x")), Compression.NONE, 1_000);
        RecordBatch.at(batch, 0).stamp(log.logEndOffset(), epoch);
        log.follow();
        log.appendStamped(batch).join();
    }

    @Test
    void logThatHasAllOfIt_isTrimmedThere() {
        append(1, 15);
        assertThat(to12InEpoch1.startIn(log)).isEqualTo(12);
        assertThat(to12InEpoch1.reachedBy(log)).isEqualTo(12);
    }

    @Test
    void logThatLacksSome_isNotTrimmedYet_unlessItLeads() {
        append(1, 5);
        assertThat(to12InEpoch1.reachedBy(log)).isZero();
        assertThat(to12InEpoch1.startIn(log)).isEqualTo(5);
    }

    @Test
    void recordsOfALaterEpochAtItsOffsets_areNotMeant() {
        append(1, 5);
        append(2, 10);
        assertThat(to12InEpoch1.reachedBy(log)).isEqualTo(5);
        assertThat(to12InEpoch1.startIn(log)).isEqualTo(5);
    }

    @Test
    void trimOfALaterEpochThatIsLower_letsTheFirstHoldForItsOwnRecords() {
        TrimPoints both = to12InEpoch1.and(2, 5);
        append(1, 5);
        assertThat(both.reachedBy(log)).isEqualTo(5);
        append(1, 10);
        assertThat(both.reachedBy(log)).isEqualTo(12);
    }

    @Test
    void trimThatIsNotLower_takesThePlaceOfThoseBefore() {
        assertThat(to12InEpoch1.and(2, 5).and(3, 12)).isEqualTo(TrimPoints.NONE.and(3, 12));
        assertThat(to12InEpoch1.and(1, 7)).isEqualTo(to12InEpoch1);
        assertThat(to12InEpoch1.and(1, 13)).isEqualTo(TrimPoints.NONE.and(1, 13));
    }
}
