package io.lignum.storage.env;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Who runs a task, and what happens when the system has no thread to spare. */
class CommitPoolTest {

    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(20);

    /** How many threads the system still gives. */
    private final AtomicInteger available = new AtomicInteger(100);

    private final List<Throwable> uncaught = new ArrayList<>();
    private final CommitPool pool = new CommitPool(4, task -> {
        if (available.getAndDecrement() <= 0) {
            throw new OutOfMemoryError("unable to create native thread");
        }
        Thread thread = new Thread(task);
        thread.setUncaughtExceptionHandler((one, thrown) -> uncaught.add(thrown));
        return thread;
    });

    @AfterEach
    void threads_end() throws Exception {
        pool.shutdown();
        assertThat(pool.awaitTermination(PATIENCE_NANOS)).isTrue();
        assertThat(pool.size()).isZero();
    }

    @Test
    void tasks_areRunByTheThreadsThereAre() throws Exception {
        available.set(1);
        CountDownLatch ran = new CountDownLatch(50);
        for (int i = 0; i < 50; i++) {
            pool.execute(ran::countDown);
        }
        await(ran);
        assertThat(pool.size()).isEqualTo(1);
    }

    @Test
    void task_thatNoThreadCanRun_isRefusedAndNotKept() throws Exception {
        AtomicInteger ran = new AtomicInteger();
        available.set(0);
        assertThatThrownBy(() -> pool.execute(ran::incrementAndGet))
                .isInstanceOf(OutOfMemoryError.class);
        available.set(1);
        assertThat(threadOfNextTask()).isNotNull();
        assertThat(ran).hasValue(0);
    }

    @Test
    void oneTaskAtATime_isRunByTheSameThread_alsoAfterABurst() throws Exception {
        CyclicBarrier allAtOnce = new CyclicBarrier(4);
        CountDownLatch burst = new CountDownLatch(4);
        Set<Thread> threads = ConcurrentHashMap.newKeySet();
        for (int i = 0; i < 4; i++) {
            pool.execute(() -> {
                meet(allAtOnce);
                threads.add(Thread.currentThread());
                burst.countDown();
            });
        }
        await(burst);
        assertThat(threads).hasSize(4).allSatisfy(CommitPoolTest::awaitIdle);
        Thread first = threadOfNextTask();
        awaitIdle(first);
        for (int i = 0; i < 100; i++) {
            assertThat(threadOfNextTask()).isSameAs(first);
            awaitIdle(first);
        }
    }

    @Test
    void tasksAboveTheNumberOfThreads_runInTheirOrder() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        Set<Thread> busy = ConcurrentHashMap.newKeySet();
        CountDownLatch allBusy = new CountDownLatch(3);
        CountDownLatch held = new CountDownLatch(1);
        for (int i = 0; i < 3; i++) {
            pool.execute(() -> {
                busy.add(Thread.currentThread());
                allBusy.countDown();
                awaitUnchecked(release);
            });
        }
        pool.execute(() -> awaitUnchecked(held));
        await(allBusy);
        List<Integer> order = new ArrayList<>();
        CountDownLatch ran = new CountDownLatch(100);
        for (int i = 0; i < 100; i++) {
            int number = i;
            pool.execute(() -> {
                order.add(number); // All run on the only thread that is not held.
                ran.countDown();
            });
        }
        assertThat(order).isEmpty();
        held.countDown();
        await(ran);
        release.countDown();
        assertThat(busy).hasSize(3);
        assertThat(order).isSorted().hasSize(100);
    }

    @Test
    void taskThatThrows_costsNoThreadAndNoOtherTask() throws Exception {
        pool.execute(() -> {
            throw new IllegalStateException("injected");
        });
        assertThat(threadOfNextTask()).isNotNull();
        pool.shutdown();
        assertThat(pool.awaitTermination(PATIENCE_NANOS)).isTrue();
        assertThat(uncaught).singleElement().isInstanceOf(IllegalStateException.class);
    }

    @Test
    void shutdown_runsWhatWaits_andRefusesWhatComesLater() throws Exception {
        CountDownLatch held = new CountDownLatch(1);
        AtomicInteger ran = new AtomicInteger();
        for (int i = 0; i < 20; i++) {
            pool.execute(() -> {
                awaitUnchecked(held);
                ran.incrementAndGet();
            });
        }
        pool.shutdown();
        assertThatThrownBy(() -> pool.execute(ran::incrementAndGet))
                .isInstanceOf(RejectedExecutionException.class);
        assertThat(pool.awaitTermination(1)).isFalse();
        held.countDown();
        assertThat(pool.awaitTermination(PATIENCE_NANOS)).isTrue();
        assertThat(ran).hasValue(20);
    }

    private Thread threadOfNextTask() throws InterruptedException, ExecutionException {
        FutureTask<Thread> task = new FutureTask<>(Thread::currentThread);
        pool.execute(task);
        return task.get();
    }

    /** The future is done a moment before its thread is idle. */
    private static void awaitIdle(Thread thread) {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (thread.getState() != Thread.State.TIMED_WAITING) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            Thread.onSpinWait();
        }
    }

    private static void await(CountDownLatch latch) throws InterruptedException {
        assertThat(latch.await(PATIENCE_NANOS, TimeUnit.NANOSECONDS)).isTrue();
    }

    private static void awaitUnchecked(CountDownLatch latch) {
        try {
            await(latch);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static void meet(CyclicBarrier barrier) {
        try {
            barrier.await(PATIENCE_NANOS, TimeUnit.NANOSECONDS);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
