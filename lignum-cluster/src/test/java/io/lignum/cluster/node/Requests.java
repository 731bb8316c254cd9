package io.lignum.cluster.node;

import io.lignum.cluster.sim.SimulatedCluster;
import io.lignum.cluster.sim.SimulatedNode;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Requests of clients and operators without a response. Requests to an ended process get none. */
final class Requests {

    private record Open(
            SimulatedNode node, int life, String what, long sinceNanos, CompletableFuture<?> done) {
        boolean isWaiting() {
            return !done.isDone() && node.isRunning() && node.lives() == life;
        }
    }

    private static final int MANY = 500;
    private static final Duration LONGEST = Duration.ofSeconds(30);
    private static final Duration PAUSE = Duration.ofMillis(100);

    private final SimulatedCluster cluster;
    private final List<Open> open = new ArrayList<>();

    Requests(SimulatedCluster cluster) {
        this.cluster = cluster;
    }

    <T> CompletableFuture<T> add(SimulatedNode node, String what, CompletableFuture<T> done) {
        if (open.size() > MANY) {
            open.removeIf(one -> !one.isWaiting());
        }
        long now = cluster.time().monotonicNanos();
        open.add(new Open(node, node.lives(), what, now, done));
        return done;
    }

    /** The same for a request whose result is not used. */
    void track(SimulatedNode node, String what, CompletableFuture<?> done) {
        var unused = add(node, what, done);
    }

    /**
     * V16: each request ends in time. The longest wait is for a topic's creation: at the leader,
     * and then at this node.
     */
    void awaitEnd() {
        long end = cluster.time().monotonicNanos() + LONGEST.toNanos();
        while (isAnyOpen() && cluster.time().monotonicNanos() < end) {
            cluster.run(PAUSE);
        }
        assertEnded();
    }

    private boolean isAnyOpen() {
        open.removeIf(one -> !one.isWaiting());
        return !open.isEmpty();
    }

    /** V16: no request is pending. */
    void assertEnded() {
        if (isAnyOpen()) {
            Open first = open.get(0);
            long seconds = (cluster.time().monotonicNanos() - first.sinceNanos()) / 1_000_000_000L;
            throw new AssertionError("V16: " + open.size() + " requests never end, the first is "
                    + first.what() + " at " + first.node().id() + ", after " + seconds + " s");
        }
    }
}
