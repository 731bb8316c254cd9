package io.lignum.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;

@Timeout(30)
class BoundedStepTest {

    private final CountDownLatch never = new CountDownLatch(1);

    @AfterEach
    void endWhatHangs() {
        never.countDown();
    }

    @Test
    void stepThatHangs_isLeftBehindAfterItsBound() {
        AtomicBoolean ended = new AtomicBoolean();
        BoundedStep.run("hanging", Duration.ofMillis(20), () -> {
            awaitNever();
            ended.set(true);
        });
        assertThat(ended).isFalse();
    }

    @Test
    void stepThatThrows_doesNotKeepTheNextFromBeingDone() {
        BoundedStep.run("failing", Duration.ofSeconds(20), () -> {
            throw new IllegalStateException("planted");
        });
        AtomicBoolean next = new AtomicBoolean();
        BoundedStep.run("next", Duration.ofSeconds(20), () -> next.set(true));
        assertThat(next).isTrue();
    }

    @Test
    void interruptOfTheCaller_isKeptAndTheStepIsWaitedFor() {
        Thread.currentThread().interrupt();
        AtomicBoolean done = new AtomicBoolean();
        BoundedStep.run("step", Duration.ofSeconds(20), () -> done.set(true));
        assertThat(Thread.interrupted()).isTrue();
        assertThat(done).isTrue();
    }

    private void awaitNever() {
        try {
            never.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
