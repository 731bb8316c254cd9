package io.lignum.cluster.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.cluster.ClusterException;
import io.lignum.cluster.internal.leader.LoneLeader;
import io.lignum.cluster.internal.topics.TopicCreator;
import io.lignum.storage.LogStore;
import io.lignum.storage.StoreConfig;
import io.lignum.storage.TopicLog;
import io.lignum.storage.sim.SimulatedDisk;
import io.lignum.storage.sim.SimulatedEnvironment;

import org.junit.jupiter.api.Test;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Messages that come while their topic is created keep their order. */
final class TopicCreatorTest {

    private final List<CompletableFuture<TopicLog>> making = new ArrayList<>();
    private final List<String> ran = new ArrayList<>();
    private final TopicCreator creator =
            new TopicCreator(new LoneLeader(1, LoneLeader.SELF).context, name -> {
                CompletableFuture<TopicLog> made = new CompletableFuture<>();
                making.add(made);
                return made;
            });

    private static TopicLog topic() {
        SimulatedDisk disk = new SimulatedDisk(1);
        SimulatedEnvironment environment = new SimulatedEnvironment(disk, 1, 1_000);
        LogStore store = LogStore.open(
                Path.of("/data"),
                StoreConfig.DEFAULT.toBuilder().reserveBytes(0).build(),
                environment.environment());
        return store.createTopic("t", store.config().defaults());
    }

    private CompletableFuture<String> submit(String what) {
        return creator.whenThere("t", log -> {
            ran.add(what);
            return CompletableFuture.completedFuture(what);
        });
    }

    @Test
    void messagesForOneTopic_makeItOnce_andRunInOrder() {
        CompletableFuture<String> first = submit("1");
        CompletableFuture<String> second = submit("2");
        assertThat(making).hasSize(1);
        assertThat(creator.isCreating("t")).isTrue();
        assertThat(ran).isEmpty();
        making.get(0).complete(topic());
        assertThat(ran).containsExactly("1", "2");
        assertThat(first).isCompletedWithValue("1");
        assertThat(second).isCompletedWithValue("2");
        assertThat(creator.isCreating("t")).isFalse();
    }

    @Test
    void messageThatComesWhileTheQueueIsWorkedOff_runsBehind() {
        List<CompletableFuture<String>> inner = new ArrayList<>();
        var first = creator.whenThere("t", log -> {
            inner.add(submit("late"));
            ran.add("first");
            return CompletableFuture.completedFuture("first");
        });
        var second = submit("second");
        making.get(0).complete(topic());
        assertThat(ran).containsExactly("first", "second", "late");
        assertThat(making).hasSize(1);
        assertThat(first).isDone();
        assertThat(second).isDone();
        assertThat(inner.get(0)).isCompletedWithValue("late");
    }

    @Test
    void failure_endsAllWaitingMessages_andTheNextOneTriesAgain() {
        CompletableFuture<String> first = submit("1");
        CompletableFuture<String> second = submit("2");
        making.get(0)
                .completeExceptionally(
                        new ClusterException.NotLeader("not leading any more", null));
        assertThat(first).isCompletedExceptionally();
        assertThat(second).isCompletedExceptionally();
        assertThat(ran).isEmpty();
        CompletableFuture<String> third = submit("3");
        assertThat(making).hasSize(2);
        making.get(1).complete(topic());
        assertThat(third).isCompletedWithValue("3");
    }

    @Test
    void workThatThrows_failsAlone() {
        CompletableFuture<String> bad = creator.whenThere("t", log -> {
            throw new IllegalStateException("a bug");
        });
        CompletableFuture<String> good = submit("good");
        making.get(0).complete(topic());
        assertThat(bad).isCompletedExceptionally();
        assertThat(good).isCompletedWithValue("good");
    }
}
