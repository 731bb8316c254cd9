package io.lignum.server.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** An interrupt, whenever it comes, leaves a terminal that shows what is typed. */
class HiddenInputTest {

    /** Takes effect when it returns, as stty(1). */
    private volatile boolean isShown = true;

    @Test
    void interruptBeforeTheEchoIsOff_leavesItOn() throws IOException {
        HiddenInput hidden = new HiddenInput(shown -> isShown = shown);
        hidden.end();
        hidden.begin();
        assertThat(isShown).isTrue();
    }

    @Test
    void interruptWhileTheEchoIsSwitchedOff_leavesItOn() throws Exception {
        CountDownLatch switching = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        HiddenInput hidden = new HiddenInput(shown -> {
            if (!shown) {
                switching.countDown();
                await(goOn);
            }
            isShown = shown;
        });
        CompletableFuture<Void> command = CompletableFuture.runAsync(() -> run(hidden::begin));
        assertThat(switching.await(30, TimeUnit.SECONDS)).isTrue();
        Thread interrupt = new Thread(() -> run(hidden::end));
        interrupt.start();
        Awaitility.await()
                .until(
                        interrupt::getState,
                        state -> state == Thread.State.BLOCKED || state == Thread.State.TERMINATED);
        goOn.countDown();
        command.get(30, TimeUnit.SECONDS);
        interrupt.join(30_000);
        assertThat(isShown).isTrue();
    }

    @Test
    void failureAfterTheEchoIsOff_switchesItOn() {
        HiddenInput hidden = new HiddenInput(shown -> {
            isShown = shown;
            if (!shown) {
                throw new IOException("stty did not end");
            }
        });
        assertThatThrownBy(hidden::begin).hasMessage("stty did not end");
        assertThat(isShown).isTrue();
    }

    private interface Step {
        void run() throws IOException;
    }

    private static void run(Step step) {
        try {
            step.run();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void await(CountDownLatch latch) throws IOException {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }
}
