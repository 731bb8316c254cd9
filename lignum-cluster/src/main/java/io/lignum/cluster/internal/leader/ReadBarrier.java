package io.lignum.cluster.internal.leader;

import io.lignum.cluster.ClusterException;
import io.lignum.cluster.internal.state.ClusterState;
import io.lignum.cluster.internal.state.NodeContext;
import io.lignum.cluster.internal.state.StateJson;
import io.lignum.storage.TopicLog;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Serves linearizable reads at the leader (R24). A read needs proof that this node was still the
 * leader after the read began; a lease is not enough.
 *
 * <p>Reads share requests to the coordinator: one runs at a time, and reads that arrive meanwhile
 * wait for the next. When a request starts, the topic's high watermark h is noted for each read
 * that waits for it; a read of a topic whose high watermark has not reached the start of the epoch
 * fails with NOT_CAUGHT_UP (R14). The request reads the cluster's state consistently. If the answer
 * shows this epoch, the read may be served below h: no later leader can have acknowledged anything
 * before the read began. No clock is involved. If the coordinator does not answer, the reads fail.
 *
 * <p>The node loop only.
 */
public final class ReadBarrier {

    private record Waiting(TopicLog log, CompletableFuture<Long> result) {}

    private record Ready(long end, CompletableFuture<Long> result) {}

    private final NodeContext context;
    private final LeaderRole role;
    private List<Waiting> waiting = new ArrayList<>();
    private boolean asking;
    private boolean ended;

    ReadBarrier(NodeContext context, LeaderRole role) {
        this.context = context;
        this.role = role;
    }

    /**
     * Completes with the offset, exclusive, below which everything acknowledged before now is
     * stored.
     */
    public CompletableFuture<Long> await(TopicLog log) {
        CompletableFuture<Long> result = new CompletableFuture<>();
        waiting.add(new Waiting(log, result));
        ask();
        return result;
    }

    private void ask() {
        if (asking || waiting.isEmpty()) {
            return;
        }
        asking = true;
        List<Ready> ready = take();
        context.onLoop(context.coordinator().read(context.keys().state()), (entry, failure) -> {
            asking = false;
            if (ended) {
                fail(
                        ready,
                        new ClusterException.NotLeader("the leadership was lost meanwhile", null));
            } else if (entry == null) {
                fail(
                        ready,
                        new ClusterException.CoordinatorUnavailable(
                                "the coordinator does not confirm who leads", failure));
            } else if (entry.flatMap(found -> StateJson.findState(found.value()))
                    .map(ClusterState::epoch)
                    .equals(Optional.of(role.epoch()))) {
                ready.forEach(each -> each.result().complete(each.end()));
            } else {
                fail(ready, new ClusterException.NotLeader("another node leads", null));
            }
            ask();
        });
    }

    /** The ends are noted before the request is sent, not when its answer arrives. */
    private List<Ready> take() {
        List<Ready> ready = new ArrayList<>();
        for (Waiting each : waiting) {
            LeaderTopic topic = role.leaderEpoch().topic(each.log());
            if (topic == null || !topic.hasReachedEpoch()) {
                each.result()
                        .completeExceptionally(new ClusterException.NotCaughtUp("topic "
                                + each.log().name()
                                + ": the leader is new and has not committed yet what was before"));
            } else {
                ready.add(new Ready(each.log().readableEndOffset(), each.result()));
            }
        }
        waiting = new ArrayList<>();
        return ready;
    }

    private static void fail(List<Ready> all, ClusterException why) {
        all.forEach(each -> each.result().completeExceptionally(why));
    }

    void end() {
        ended = true;
        waiting.forEach(each -> each.result()
                .completeExceptionally(
                        new ClusterException.NotLeader("the leadership was lost meanwhile", null)));
        waiting = new ArrayList<>();
    }
}
