package io.lignum.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;

/** Code of users that throws what it should not: the failure is reported, and nothing hangs. */
class UserCodeFailureTest {

    private static final Executor BROKEN = task -> {
        throw new IllegalStateException("a broken executor");
    };

    private FakeNode node;

    @BeforeEach
    void start() throws Exception {
        node = FakeNode.start();
        try (LignumClient client = node.client();
                Producer<byte[], String> producer = FakeNode.producer(client).open()) {
            producer.send("one").get(60, TimeUnit.SECONDS);
        }
    }

    @AfterEach
    void end() {
        node.close();
    }

    private LignumClient client(Executor callbacks) {
        return LignumClient.builder()
                .addresses(node.address())
                .callbackExecutor(callbacks)
                .build();
    }

    @Test
    void handlerThrowsAnError_subscriptionEndsWithIt() {
        ExecutorService executor = Executors.newSingleThreadExecutor(task -> {
            Thread thread = new Thread(task, "handlers");
            thread.setUncaughtExceptionHandler((failed, error) -> {}); // Expected.
            return thread;
        });
        AssertionError error = new AssertionError("thrown by the handler");
        try (LignumClient client = client(executor)) {
            Subscription subscription = client.consumer("t").handle(record -> {
                throw error;
            });
            assertThatThrownBy(() -> subscription.ended().get(60, TimeUnit.SECONDS))
                    .isInstanceOf(ExecutionException.class)
                    .hasCause(error);
        } finally {
            executor.shutdown();
        }
    }

    @Test
    void stageOfAHandlerFailsWithAnError_subscriptionEndsWithIt() {
        AssertionError error = new AssertionError("of the handler's stage");
        try (LignumClient client = node.client()) {
            CompletionStage<?> failed = CompletableFuture.failedFuture(error);
            Subscription subscription = client.consumer("t").handleAsync(record -> failed);
            assertThatThrownBy(() -> subscription.ended().get(60, TimeUnit.SECONDS))
                    .isInstanceOf(ExecutionException.class)
                    .hasCause(error);
        }
    }

    @Test
    void executorThrows_subscriptionEndsWithThat() {
        try (LignumClient client = client(BROKEN)) {
            Subscription subscription = client.consumer("t").handle(record -> {});
            assertThatThrownBy(() -> subscription.ended().get(60, TimeUnit.SECONDS))
                    .isInstanceOf(ExecutionException.class)
                    .hasRootCauseMessage("a broken executor");
        }
    }

    @Test
    void executorThrows_futuresEndNevertheless() throws Exception {
        try (LignumClient client = client(BROKEN);
                Producer<byte[], String> producer = FakeNode.producer(client).open()) {
            assertThat(producer.send("two").get(60, TimeUnit.SECONDS)).isEqualTo(1);
            // This node knows no such call.
            assertThatThrownBy(() -> client.topics().describe("t").get(60, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(LignumException.class);
        }
    }

    @Test
    void subscriberThrowsAnError_pumpEndsAndTheClientCloses() throws Exception {
        CompletableFuture<Throwable> ended = new CompletableFuture<>();
        try (LignumClient client = node.client()) {
            client.consumer("t").publisher().subscribe(new Flow.Subscriber<>() {
                @Override
                public void onSubscribe(Flow.Subscription subscription) {
                    subscription.request(1);
                }

                @Override
                public void onNext(Received<byte[], byte[]> item) {
                    throw new AssertionError("thrown by the subscriber");
                }

                @Override
                public void onError(Throwable error) {
                    ended.complete(error);
                    throw new IllegalStateException("onError must not throw");
                }

                @Override
                public void onComplete() {
                    ended.completeExceptionally(new AssertionError("completed"));
                }
            });
            assertThat(ended.get(60, TimeUnit.SECONDS)).hasMessage("thrown by the subscriber");
        }
    }
}
