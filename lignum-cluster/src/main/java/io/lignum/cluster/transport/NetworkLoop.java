package io.lignum.cluster.transport;

import io.grpc.netty.shaded.io.netty.channel.EventLoop;
import io.lignum.cluster.Loop;

import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The node loop on the event loop of its connections to other nodes. So what a peer sends reaches
 * the node's state without a hand-over to another thread, and what the node sends needs no wake-up
 * of one. A task never runs inside the call that hands it in. If a task throws, the handler is
 * called and no other task runs, because the node's state may be half changed; the network
 * continues.
 *
 * <p>Tasks are dropped after {@link #stop} and after the network is closed.
 */
final class NetworkLoop implements Loop {

    private final EventLoop thread;
    private final Consumer<Throwable> onFailure;
    private volatile boolean stopped;

    /**
     * @param onFailure called on the node loop, at most once, with what a task threw; must not
     *     block
     */
    NetworkLoop(EventLoop thread, Consumer<Throwable> onFailure) {
        this.thread = thread;
        this.onFailure = onFailure;
    }

    @Override
    public void execute(Runnable task) {
        unlessClosed(() -> thread.execute(() -> run(task)));
    }

    @Override
    public void schedule(Duration delay, Runnable task) {
        long nanos = Math.max(0, delay.toNanos());
        unlessClosed(() -> {
            var unused = thread.schedule(() -> run(task), nanos, TimeUnit.NANOSECONDS);
        });
    }

    private void unlessClosed(Runnable handOver) {
        if (!stopped) {
            try {
                handOver.run();
            } catch (RejectedExecutionException closed) {
                stopped = true;
            }
        }
    }

    @Override
    public void stop() {
        stopped = true;
    }

    private void run(Runnable task) {
        if (!stopped) {
            try {
                task.run();
            } catch (Throwable bug) {
                stopped = true;
                onFailure.accept(bug);
            }
        }
    }
}
