package io.lignum.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.concurrent.CompletableFuture;

class NodeFailuresTest {

    private final CompletableFuture<Throwable> from = new CompletableFuture<>();
    private final CompletableFuture<Throwable> to = new CompletableFuture<>();

    @Test
    void cause_isPassedOn() {
        NodeFailures.relay(from, to);
        Throwable cause = new IllegalStateException("the disk failed");
        from.complete(cause);
        assertThat(to).isCompletedWithValue(cause);
    }

    @Test
    void futureThatFails_isAFailureToo() {
        NodeFailures.relay(from, to);
        Throwable bug = new InternalError("injected");
        from.completeExceptionally(bug);
        assertThat(to).isCompletedWithValue(bug);
    }
}
