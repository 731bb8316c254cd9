package io.lignum.client.internal.net;

import io.grpc.netty.shaded.io.netty.channel.EventLoop;

import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The tasks that one producer, consumer or call runs on the client's I/O thread. What a task throws
 * would be lost in the event loop, and its owner would wait for ever; here it ends the owner. Any
 * thread.
 */
public final class IoTasks {

    private final EventLoop loop;
    private final Consumer<Throwable> onFailure;

    /** @param onFailure ends the owner; called on the I/O thread with what a task has thrown */
    IoTasks(EventLoop loop, Consumer<Throwable> onFailure) {
        this.loop = loop;
        this.onFailure = onFailure;
    }

    /** Runs the task on the I/O thread, later. Accepts tasks also after the client is closed. */
    public void execute(Runnable task) {
        loop.execute(() -> run(task));
    }

    /** Runs the task on the I/O thread after the delay, unless the future is cancelled before. */
    public Future<?> schedule(Runnable task, long delayNanos) {
        return loop.schedule(() -> run(task), delayNanos, TimeUnit.NANOSECONDS);
    }

    /** Runs the task now. Called on the I/O thread, by callbacks of gRPC. */
    public void run(Runnable task) {
        try {
            task.run();
        } catch (Throwable unexpected) { // The top of the I/O thread, as far as the client sees it.
            onFailure.accept(unexpected);
        }
    }

    boolean isIoThread() {
        return loop.inEventLoop();
    }
}
