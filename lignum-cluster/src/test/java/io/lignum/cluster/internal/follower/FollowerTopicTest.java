package io.lignum.cluster.internal.follower;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.cluster.internal.state.TrimPoints;
import io.lignum.cluster.peer.Message;
import io.lignum.cluster.sim.SimulatedTime;
import io.lignum.record.Compression;
import io.lignum.record.LogRecord;
import io.lignum.record.RecordBatch;
import io.lignum.record.RecordBatchBuilder;
import io.lignum.storage.LogStore;
import io.lignum.storage.StoreConfig;
import io.lignum.storage.TopicConfig;
import io.lignum.storage.env.Environment;
import io.lignum.storage.sim.SimulatedDisk;

import org.junit.jupiter.api.Test;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.OptionalLong;
import java.util.Random;

/** R12: what a follower takes of what its leader sends. */
final class FollowerTopicTest {

    private static final int EPOCH = 3;

    private final LogStore store = LogStore.open(
            Path.of("/data"),
            StoreConfig.DEFAULT.toBuilder().reserveBytes(0).build(),
            new Environment(
                    new SimulatedDisk(1), new SimulatedTime(1), new Random(1), Runnable::run));
    private final FollowerTopic topic = new FollowerTopic(
            store.createTopic("t", TopicConfig.DEFAULT), () -> TrimPoints.NONE, start -> {});

    private FollowerTopic.Taken send(long base, int count) {
        ByteBuffer batch = RecordBatchBuilder.build(
                Collections.nCopies(count, LogRecord.of("x")), Compression.NONE, 1_000);
        RecordBatch.at(batch, 0).stamp(base, EPOCH);
        return topic.append(
                new Message.Append(EPOCH, topic.log().id(), base, OptionalLong.empty(), batch),
                new ArrayList<>());
    }

    @Test
    void batches_areTakenInTheirOrder_andOnce() {
        topic.log().follow();
        topic.agree();
        assertThat(send(0, 5)).isEqualTo(FollowerTopic.Taken.APPENDED);
        assertThat(send(0, 5)).isEqualTo(FollowerTopic.Taken.REPEATED);
        assertThat(send(6, 1)).isEqualTo(FollowerTopic.Taken.GAP);
        assertThat(send(5, 1)).isEqualTo(FollowerTopic.Taken.APPENDED);
    }

    /**
     * Batches are never cut in two: one that begins below the end and goes beyond it is of another
     * history.
     */
    @Test
    void batchThatOverlapsTheEnd_isNoRepeat_butAsksAgain() {
        topic.log().follow();
        topic.agree();
        send(0, 5);
        assertThat(send(3, 4)).isEqualTo(FollowerTopic.Taken.GAP);
        assertThat(send(0, 6)).isEqualTo(FollowerTopic.Taken.GAP);
        assertThat(topic.log().logEndOffset()).isEqualTo(5);
    }
}
