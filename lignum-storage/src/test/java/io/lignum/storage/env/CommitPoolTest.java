package io.lignum.storage.env;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The system has no thread to spare. */
class CommitPoolTest {

    private final AtomicInteger left = new AtomicInteger();
    private final CommitPool pool = new CommitPool(4, task -> {
        if (left.getAndDecrement() <= 0) {
            throw new OutOfMemoryError("unable to create native thread");
        }
        return new Thread(task);
    });

    @Test
    void tasks_areRunByTheThreadsThereAre() throws Exception {
        left.set(1);
        CountDownLatch ran = new CountDownLatch(50);
        for (int i = 0; i < 50; i++) {
            pool.execute(ran::countDown);
        }
        assertThat(ran.await(20, TimeUnit.SECONDS)).isTrue();
        pool.threads().shutdown();
    }

    @Test
    void task_thatNoThreadCanRun_isRefusedAndNotKept() {
        AtomicInteger ran = new AtomicInteger();
        assertThatThrownBy(() -> pool.execute(ran::incrementAndGet))
                .isInstanceOf(OutOfMemoryError.class);
        assertThat(pool.threads().getQueue()).isEmpty();
        assertThat(ran).hasValue(0);
    }
}
