package io.lignum.cluster.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.cluster.ClusterException;
import io.lignum.cluster.internal.state.NodeContext;
import io.lignum.cluster.node.FaultyEnvironment.HandOver;
import io.lignum.cluster.sim.SimulatedCluster;
import io.lignum.cluster.sim.SimulatedNode;
import io.lignum.storage.StorageException;
import io.lignum.storage.TopicConfig;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** A short history of a cluster of three, one node of which has a {@link FaultyEnvironment}. */
final class FaultyRun {

    private static final Duration BOUND = Duration.ofSeconds(20);

    private final FaultyEnvironment faults;
    private final HandOver at;
    private final SimulatedCluster cluster = new SimulatedCluster(ClusterScenario.SEED, 3);
    private final SimulatedNode node;
    private final List<String> names = new ArrayList<>();
    private final List<CompletableFuture<?>> calls = new ArrayList<>();
    private boolean thrownToCaller;

    FaultyRun(FaultyEnvironment faults, HandOver at, boolean leads) {
        this.faults = faults;
        this.at = at;
        SimulatedNode first = cluster.node(1);
        SimulatedNode second = cluster.node(2);
        node = leads ? first : second;
        node.instrument(faults::around);
        first.start();
        cluster.awaitInSync(1);
        second.start();
        cluster.node(3).start();
        cluster.awaitInSync(3);
        cluster.createLive("t");
    }

    /** A call on a thread of the user, who may get what is thrown. */
    private void call(String name, Supplier<CompletableFuture<?>> call) {
        thrownToCaller |= !faults.guarded(() -> {
            calls.add(call.get());
            names.add(name);
        });
    }

    /** Lets time pass, also when the top of a simulated thread gets what is injected. */
    private boolean pass(Duration span, BooleanSupplier until) {
        long end = cluster.time().monotonicNanos() + span.toNanos();
        while (!until.getAsBoolean() && cluster.time().monotonicNanos() < end) {
            faults.guarded(() -> cluster.run(Duration.ofMillis(5)));
        }
        return until.getAsBoolean();
    }

    void use() {
        ClusterNode used = node.node();
        SimulatedNode other = cluster.node(3);
        faults.arm(node.store());
        call("append", () -> cluster.send(node, "t", "here"));
        call("append elsewhere", () -> cluster.send(other, "t", "there"));
        call("append to a new topic", () -> cluster.send(node, "created", "by an append"));
        call("readIndex", () -> used.readIndex(node.log("t")));
        call("createTopic", () -> used.createTopic("u", TopicConfig.DEFAULT));
        pass(Duration.ofMillis(300), () -> false);
        call(
                "alterTopic",
                () -> used.alterTopic("t", TopicConfig.DEFAULT.withReplication(true, 2)));
        call("trimTopic", () -> used.trimTopic("t", 1));
        call("append elsewhere, 2", () -> cluster.send(other, "t", "there again"));
        call("leaderStatus", used::leaderStatus);
        call("deleteTopic", () -> used.deleteTopic("u"));
        pass(Duration.ofMillis(700), () -> false);
        call("append, 2", () -> cluster.send(node, "t", "here again"));
        call("leave", () -> used.leave(Duration.ofSeconds(2)));
        pass(Duration.ofSeconds(1), () -> false);
        faults.disarm();
    }

    /** What must hold after {@code cause} was thrown. */
    void check(Throwable cause) {
        String what = cause.toString();
        CompletableFuture<Throwable> failure = node.node().failure();
        if (endsTheNode(cause)) {
            assertThat(pass(BOUND, failure::isDone)).as("reported: " + what).isTrue();
        }
        pass(BOUND, () -> calls.stream().allMatch(CompletableFuture::isDone));
        for (int i = 0; i < calls.size(); i++) {
            String name = names.get(i) + ", " + what;
            assertThat(calls.get(i).isDone()).as("ends: " + name).isTrue();
            assertThat(failureOf(calls.get(i)))
                    .as(name)
                    .satisfiesAnyOf(
                            ended -> assertThat(ended).isNull(),
                            ended -> assertThat(ended).isInstanceOf(ClusterException.class),
                            ended -> assertThat(ended).isInstanceOf(StorageException.class));
        }
        if (failure.isDone()) {
            assertThat(rootOf(failure.join())).as(what).isSameAs(cause);
        } else {
            ClusterScenario.append(cluster, node, "t", "the node goes on");
        }
        node.kill();
        SimulatedNode next = ClusterScenario.otherLeader(cluster, node);
        ClusterScenario.append(cluster, next, "t", "the others go on");
    }

    /**
     * A message that is lost on the way from a peer is asked for again; so is one to a peer or to
     * the coordinator, or its answer, when an exception is thrown. An Error there ends the node.
     * What the caller of the node got is the caller's.
     */
    private boolean endsTheNode(Throwable cause) {
        return switch (at) {
            case NETWORK_CALLBACK -> false;
            case COORDINATOR, COORDINATOR_ANSWER -> cause instanceof Error;
            case NETWORK -> cause instanceof Error && !thrownToCaller;
            case TASK, TIMER, IO, OWN_FILES, STORAGE_LISTENER -> true;
        };
    }

    private static Throwable rootOf(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root;
    }

    private static @Nullable Throwable failureOf(CompletableFuture<?> call) {
        return call.handle((done, failure) -> Optional.ofNullable(NodeContext.causeOf(failure)))
                .join()
                .orElse(null);
    }
}
