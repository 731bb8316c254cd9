package io.lignum.server.service;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

@Timeout(30)
class NodeThreadsTest {

    private final CompletableFuture<Throwable> failure = new CompletableFuture<>();
    private final NodeThreads threads = new NodeThreads(failure::complete);

    @Test
    void errorAtTheTopOfAPoolThread_isReported() {
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                1, 1, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), threads.named("pool"));
        Error planted = new OutOfMemoryError("planted");
        pool.execute(() -> {
            throw planted;
        });
        assertThat(failure.join()).isSameAs(planted);
        pool.shutdown();
    }

    @Test
    void exceptionInATimerTask_isReportedAndNotHiddenInItsFuture() {
        ScheduledThreadPoolExecutor timer = threads.timer("timer");
        RuntimeException planted = new IllegalStateException("planted");
        var unused = timer.scheduleWithFixedDelay(
                () -> {
                    throw planted;
                },
                0,
                1,
                TimeUnit.MILLISECONDS);
        assertThat(failure.join()).isSameAs(planted);
        timer.shutdownNow();
    }

    @Test
    void cancelledTimerTask_isNoFailure() throws InterruptedException {
        ScheduledThreadPoolExecutor timer = threads.timer("timer");
        CountDownLatch ran = new CountDownLatch(3);
        var task = timer.scheduleWithFixedDelay(ran::countDown, 0, 1, TimeUnit.MILLISECONDS);
        ran.await();
        task.cancel(false);
        timer.shutdown();
        assertThat(timer.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
        assertThat(failure).isNotDone();
    }
}
