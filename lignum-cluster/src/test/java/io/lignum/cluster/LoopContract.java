package io.lignum.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/** What every loop on a real thread does. */
public abstract class LoopContract {

    protected static final String THREAD = "loop-under-test";

    protected final CompletableFuture<Throwable> failure = new CompletableFuture<>();

    protected abstract Loop loop();

    /** Waits until the tasks that were handed in have run or were dropped. */
    protected abstract void awaitEnd() throws Exception;

    @AfterEach
    void stop() {
        loop().stop();
    }

    protected static <T> T get(CompletableFuture<T> future) throws Exception {
        return future.get(10, TimeUnit.SECONDS);
    }

    @Test
    void tasksOfOneThread_runInOrderOnTheLoopsThread() throws Exception {
        List<Integer> ran = new ArrayList<>();
        CompletableFuture<String> done = new CompletableFuture<>();
        for (int i = 0; i < 10_000; i++) {
            int number = i;
            loop().execute(() -> ran.add(number));
        }
        loop().execute(() -> done.complete(Thread.currentThread().getName()));

        assertThat(get(done)).startsWith(THREAD);
        assertThat(ran).hasSize(10_000).isSorted();
    }

    @Test
    void tasksOfManyThreads_allRunOneAtATime() throws Exception {
        int threads = 8;
        int each = 20_000;
        int[] ran = new int[1]; // Not atomic on purpose.
        CountDownLatch all = new CountDownLatch(threads * each);
        List<Thread> started = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            Thread thread = new Thread(() -> {
                for (int j = 0; j < each; j++) {
                    loop().execute(() -> {
                        ran[0]++;
                        all.countDown();
                    });
                }
            });
            thread.start();
            started.add(thread);
        }
        assertThat(all.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(ran[0]).isEqualTo(threads * each);
        for (Thread thread : started) {
            thread.join();
        }
    }

    @Test
    void wakesUp_wheneverItSlept() throws Exception {
        for (int i = 0; i < 5_000; i++) {
            CompletableFuture<Boolean> done = new CompletableFuture<>();
            loop().execute(() ->
                    done.complete(Thread.currentThread().getName().startsWith(THREAD)));
            assertThat(get(done)).isTrue();
        }
    }

    /** Timers that other threads set may run in another order if the loop comes to them late. */
    @Test
    void timersOfOneTask_runByTimeAndNotEarly() throws Exception {
        List<String> ran = new ArrayList<>();
        CompletableFuture<Long> last = new CompletableFuture<>();
        long start = System.nanoTime();
        loop().execute(() -> {
            loop().schedule(Duration.ofMillis(600), () -> last.complete(System.nanoTime()));
            loop().schedule(Duration.ofMillis(300), () -> ran.add("300"));
            loop().execute(() -> loop().schedule(Duration.ofMillis(1), () -> ran.add("1")));
            loop().schedule(Duration.ofMillis(-5), () -> ran.add("0"));
        });

        assertThat(get(last) - start).isGreaterThanOrEqualTo(600_000_000);
        assertThat(ran).containsExactly("0", "1", "300");
    }

    @Test
    void timerOfAnotherThread_doesNotRunEarly() throws Exception {
        CompletableFuture<Long> ran = new CompletableFuture<>();
        long start = System.nanoTime();
        loop().schedule(Duration.ofMillis(60), () -> ran.complete(System.nanoTime()));
        assertThat(get(ran) - start).isGreaterThanOrEqualTo(60_000_000);
    }

    @Test
    void taskThatThrows_isReportedAndIsTheLast() throws Exception {
        AtomicInteger later = new AtomicInteger();
        IllegalStateException bug = new IllegalStateException("a bug");
        loop().execute(() -> {
            loop().execute(later::incrementAndGet);
            loop().schedule(Duration.ZERO, later::incrementAndGet);
            throw bug;
        });
        assertThat(get(failure)).isSameAs(bug);
        loop().execute(later::incrementAndGet);
        awaitEnd();
        assertThat(later).hasValue(0);
    }

    @Test
    void stopped_finishesItsTaskAndRunsNoMore() throws Exception {
        CountDownLatch began = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        AtomicReference<Object> interrupted = new AtomicReference<>();
        AtomicInteger later = new AtomicInteger();
        loop().execute(() -> {
            began.countDown();
            try {
                goOn.await();
                interrupted.set(Thread.currentThread().isInterrupted());
            } catch (InterruptedException interrupt) {
                interrupted.set(interrupt);
            }
        });
        loop().execute(later::incrementAndGet);
        assertThat(began.await(10, TimeUnit.SECONDS)).isTrue();
        loop().stop();
        goOn.countDown();
        awaitEnd();
        assertThat(interrupted).hasValue(false);
        assertThat(later).hasValue(0);
        assertThat(failure).isNotDone();
    }

    @Test
    void taskOfATask_runsAfterIt() throws Exception {
        List<String> ran = new ArrayList<>();
        CompletableFuture<List<String>> done = new CompletableFuture<>();
        loop().execute(() -> {
            loop().execute(() -> {
                ran.add("inner");
                done.complete(ran);
            });
            ran.add("outer");
        });
        assertThat(get(done)).containsExactly("outer", "inner");
    }
}
