package io.lignum.client.internal.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.netty.shaded.io.netty.channel.DefaultEventLoop;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Tasks that throw: their owner is notified, with an Error as with an exception. */
class IoTasksTest {

    private final DefaultEventLoop loop = new DefaultEventLoop();
    private final CompletableFuture<Throwable> failure = new CompletableFuture<>();
    private final IoTasks tasks = new IoTasks(loop, failure::complete);
    private final AssertionError error = new AssertionError("thrown by a task");

    @AfterEach
    void end() {
        var unused = loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }

    private void throwError() {
        throw error;
    }

    @Test
    void submittedTaskThrows_ownerIsNotified() throws Exception {
        tasks.execute(this::throwError);
        assertThat(failure.get(60, TimeUnit.SECONDS)).isSameAs(error);
    }

    @Test
    void scheduledTaskThrows_ownerIsNotified() throws Exception {
        var unused = tasks.schedule(this::throwError, 1);
        assertThat(failure.get(60, TimeUnit.SECONDS)).isSameAs(error);
    }

    @Test
    void callbackThrows_ownerIsNotifiedAndTheCallerGoesOn() {
        tasks.run(this::throwError);
        assertThat(failure).isCompletedWithValue(error);
    }

    @Test
    void cancelledTask_doesNotRun() throws Exception {
        tasks.schedule(this::throwError, TimeUnit.HOURS.toNanos(1)).cancel(false);
        CompletableFuture<Boolean> later = new CompletableFuture<>();
        tasks.execute(() -> later.complete(tasks.isIoThread()));
        assertThat(later.get(60, TimeUnit.SECONDS)).isTrue();
        assertThat(failure).isNotDone();
    }
}
