package io.lignum.cluster.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.cluster.Loop;
import io.lignum.cluster.LoopContract;
import io.lignum.cluster.ThreadLoop;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

final class ThreadLoopTest extends LoopContract {

    private final ThreadLoop loop = ThreadLoop.start(THREAD, failure::complete);

    @Override
    protected Loop loop() {
        return loop;
    }

    @Override
    protected void awaitEnd() throws InterruptedException {
        assertThat(loop.awaitEnd(Duration.ofSeconds(10))).isTrue();
    }

    @AfterEach
    void end() throws InterruptedException {
        loop.stop();
        awaitEnd();
    }

    @Test
    void threadEnds_onceTheCurrentTaskHas() throws Exception {
        CountDownLatch goOn = new CountDownLatch(1);
        CompletableFuture<Boolean> began = new CompletableFuture<>();
        loop.execute(() -> {
            began.complete(loop.isThisThread());
            try {
                goOn.await();
            } catch (InterruptedException interrupt) {
                throw new IllegalStateException(interrupt);
            }
        });
        assertThat(get(began)).isTrue();
        loop.stop();
        assertThat(loop.awaitEnd(Duration.ZERO)).isFalse();
        goOn.countDown();
    }
}
