package io.lignum.cluster.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.cluster.internal.leader.DiskWatch;
import io.lignum.cluster.internal.leader.LeaderTopic;
import io.lignum.cluster.sim.Samples;
import io.lignum.record.LogRecord;
import io.lignum.storage.Durability;
import io.lignum.storage.LogStore;
import io.lignum.storage.StoreConfig;
import io.lignum.storage.TopicConfig;
import io.lignum.storage.env.Environment;
import io.lignum.storage.sim.SimulatedDisk;
import io.lignum.storage.sim.SimulatedEnvironment;

import org.junit.jupiter.api.Test;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Random;

/** A leader whose disk never finishes a force notices it. */
final class DiskWatchTest {

    private static final long LIMIT = Duration.ofSeconds(10).toNanos();

    private final SimulatedDisk disk = new SimulatedDisk(1);
    private final SimulatedEnvironment clock = new SimulatedEnvironment(disk, 1, 1_000);
    private final ArrayDeque<Runnable> forces = new ArrayDeque<>();
    private final LogStore store = open();
    private final DiskWatch watch = new DiskWatch(Duration.ofNanos(LIMIT));

    /** Engine tasks run at once; forces complete when the test says so. */
    private LogStore open() {
        LogStore opened = LogStore.open(
                Path.of("/data"),
                StoreConfig.DEFAULT.toBuilder().reserveBytes(0).build(),
                new Environment(disk, clock, new Random(1), Runnable::run));
        return opened;
    }

    private LeaderTopic topic(boolean live) {
        return topic(TopicConfig.DEFAULT.withReplication(live, 0));
    }

    private LeaderTopic topic(TopicConfig config) {
        LeaderTopic topic = new LeaderTopic(store.createTopic("t", config), Samples.A, 1);
        disk.completeOn(forces::add);
        return topic;
    }

    @Test
    void forceThatNeverEnds_isNoticedAfterTheLimit() {
        LeaderTopic topic = topic(true);
        var waiting = topic.log().appendAsync(LogRecord.of("x"));
        assertThat(topic.log().flushedOffset()).isLessThan(topic.log().logEndOffset());
        assertThat(watch.isStalled(List.of(topic), 0)).isFalse();
        assertThat(watch.isStalled(List.of(topic), LIMIT)).isFalse();
        assertThat(watch.isStalled(List.of(topic), LIMIT + 1)).isTrue();
        assertThat(waiting).isNotDone();
    }

    @Test
    void forceThatEnds_startsTheClockAgain() {
        LeaderTopic topic = topic(true);
        var first = topic.log().appendAsync(LogRecord.of("x"));
        assertThat(watch.isStalled(List.of(topic), 0)).isFalse();
        forces.remove().run();
        assertThat(first).isDone();
        assertThat(watch.isStalled(List.of(topic), LIMIT + 1)).isFalse();
        var second = topic.log().appendAsync(LogRecord.of("y"));
        assertThat(watch.isStalled(List.of(topic), 2 * LIMIT)).isFalse();
        assertThat(watch.isStalled(List.of(topic), 3 * LIMIT)).isFalse();
        assertThat(second).isNotDone();
    }

    @Test
    void walTopicThatIsForced_isWatched_too() {
        LeaderTopic topic = topic(false);
        var waiting = topic.log().appendAsync(LogRecord.of("x"));
        assertThat(watch.isStalled(List.of(topic), 0)).isFalse();
        assertThat(watch.isStalled(List.of(topic), 2 * LIMIT)).isTrue();
        assertThat(waiting).isNotDone();
    }

    @Test
    void topicThatIsNotForced_isNotWatched() {
        LeaderTopic topic = topic(TopicConfig.DEFAULT.withDurability(Durability.OS));
        var waiting = topic.log().appendAsync(LogRecord.of("x"));
        assertThat(waiting).isCompleted();
        assertThat(watch.isStalled(List.of(topic), 0)).isFalse();
        assertThat(watch.isStalled(List.of(topic), 2 * LIMIT)).isFalse();
    }
}
