package io.lignum.cluster.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lignum.cluster.ClusterEnvironment;
import io.lignum.cluster.ClusterException;
import io.lignum.cluster.internal.leader.LoneLeader;
import io.lignum.cluster.internal.state.NodeContext;
import io.lignum.cluster.sim.SimulatedLoop;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/** What the threads for blocking work throw is never lost. */
final class NodeContextTest {

    private final List<Throwable> failures = new ArrayList<>();

    @Test
    void poolThatThrowsAnError_endsTheCallAndIsReported() {
        OutOfMemoryError none = new OutOfMemoryError("unable to create native thread");
        NodeContext context = context(task -> {
            throw none;
        });
        CompletableFuture<String> answer = context.callBlocking(() -> "never");
        assertThat(answer).isCompletedExceptionally();
        assertThat(failures).containsExactly(none);
    }

    @Test
    void blockingWorkThatThrowsAnError_endsItsCall() {
        InternalError bug = new InternalError("injected");
        NodeContext context = context(Runnable::run);
        CompletableFuture<String> answer = context.callBlocking(() -> {
            throw bug;
        });
        assertThatThrownBy(answer::join).hasCauseInstanceOf(ClusterException.CommitUnknown.class);
        assertThat(failures).contains(bug);
    }

    private NodeContext context(Executor io) {
        LoneLeader around = new LoneLeader(1, LoneLeader.SELF);
        ClusterEnvironment environment = new ClusterEnvironment(
                around.disk,
                around.time,
                around.time.random(),
                new SimulatedLoop(around.time),
                io,
                around.context.coordinator(),
                around.context.network());
        return new NodeContext(around.context.config(), environment, around.store, failures::add);
    }
}
