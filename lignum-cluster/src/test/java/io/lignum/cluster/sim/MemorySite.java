package io.lignum.cluster.sim;

import io.lignum.cluster.coordinator.Coordinator;
import io.lignum.cluster.coordinator.CoordinatorSite;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;

/** Runs the contract's tests in simulated time. */
final class MemorySite implements CoordinatorSite {

    private static final Duration STEP = Duration.ofMillis(5);

    final SimulatedTime time;
    final MemoryCoordinator server;

    MemorySite(long seed) {
        time = new SimulatedTime(seed);
        server = new MemoryCoordinator(time);
    }

    @Override
    public Coordinator connect(String nodeId) {
        return server.view(nodeId);
    }

    @Override
    public int openPort(String nodeId) {
        server.port(nodeId, true);
        return 1;
    }

    @Override
    public void closePort(String nodeId) {
        server.port(nodeId, false);
    }

    @Override
    public <T> T await(CompletableFuture<T> future, Duration atMost) {
        return time.await(future, atMost);
    }

    @Override
    public void until(Duration atMost, BooleanSupplier condition) {
        long end = nanos() + atMost.toNanos();
        while (!condition.getAsBoolean()) {
            if (nanos() > end) {
                throw new AssertionError("not so after " + atMost + " of simulated time");
            }
            time.run(STEP);
        }
    }

    @Override
    public long nanos() {
        return time.monotonicNanos();
    }

    @Override
    public Repeated every(Duration pause, Runnable task) {
        return new Timer(pause, task).start();
    }

    @Override
    public void close() {}

    private final class Timer implements Repeated {
        private final Duration pause;
        private final Runnable task;
        private boolean closed;

        private Timer(Duration pause, Runnable task) {
            this.pause = pause;
            this.task = task;
        }

        private Timer start() {
            time.schedule(pause, () -> {
                if (!closed) {
                    task.run();
                    start();
                }
            });
            return this;
        }

        @Override
        public void close() {
            closed = true;
        }
    }
}
