package io.lignum.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** What fails on a thread that no caller waits for is reported by the next call. */
class BackgroundWorkTest {

    private final BackgroundWork background = new BackgroundWork();
    private final CompletableFuture<String> event = new CompletableFuture<>();

    @Test
    void workThrowsAnError_nextCallThrowsIt() {
        AssertionError error = new AssertionError("thrown by the work");
        background.whenDone(event, "test", () -> {
            throw error;
        });
        event.complete("now");
        Awaitility.await()
                .untilAsserted(() -> assertThatThrownBy(background::throwFailures)
                        .isInstanceOf(IllegalStateException.class)
                        .hasCause(error));
        assertThatCode(background::throwFailures).doesNotThrowAnyException();
    }

    @Test
    void futureFails_workIsDone() throws Exception {
        CompletableFuture<String> done = new CompletableFuture<>();
        background.whenDone(
                event, "named", () -> done.complete(Thread.currentThread().getName()));
        event.completeExceptionally(new IllegalStateException("no value"));
        assertThat(done.get(10, TimeUnit.SECONDS)).isEqualTo("named");
        background.throwFailures();
    }
}
