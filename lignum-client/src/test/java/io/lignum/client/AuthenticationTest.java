package io.lignum.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.grpc.Status;
import io.lignum.api.ErrorDetail;
import io.lignum.client.LignumException.Outcome;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/** A node that serves callers with the right credentials only. */
class AuthenticationTest {

    private final AtomicReference<String> token = new AtomicReference<>("one");
    private final AtomicInteger asked = new AtomicInteger();

    /** The header that the node accepts. */
    private volatile String accepted = "Bearer one";

    private FakeNode node;
    private LignumClient client;

    @BeforeEach
    void start() throws Exception {
        node = FakeNode.start();
        node.admits = header -> header.equals(Optional.of(accepted));
        client = client(Credentials.token(() -> {
            asked.incrementAndGet();
            return token.get();
        }));
    }

    private LignumClient client(Credentials credentials) {
        return LignumClient.builder()
                .addresses(node.address())
                .credentials(credentials)
                .requestTimeout(Duration.ofSeconds(10))
                .build();
    }

    @AfterEach
    void end() {
        node.close();
        client.close();
    }

    private static <T> T await(Future<T> future) throws Exception {
        return future.get(30, TimeUnit.SECONDS);
    }

    /** What happened to one record of a producer with the default settings. */
    private LignumException.NotAuthenticated failureOfOne() {
        try (Producer<byte[], String> producer = FakeNode.producer(client).open()) {
            ExecutionException thrown = catchThrowableOfType(
                    ExecutionException.class, () -> await(producer.send("oak")));
            if (thrown.getCause() instanceof LignumException.NotAuthenticated refused) {
                return refused;
            }
            throw new AssertionError(thrown);
        }
    }

    @Test
    void credentials_areSentWithCallsOfAllKinds() throws Exception {
        try (Producer<byte[], String> producer = FakeNode.producer(client).open()) {
            assertThat(await(producer.send("oak"))).isZero();
        }
        try (Consumer<byte[], byte[]> consumer = client.consumer("t").open()) {
            assertThat(consumer.next().offset()).isZero();
        }
        assertThat(await(client.topics().list())).isEmpty();
        assertThat(node.refused).hasValue(0);
        assertThat(asked).hasValue(1);
    }

    @Test
    void password_isSentAsBasicAuthentication() throws Exception {
        accepted = "Basic b2FrOmh1c2g=";
        try (LignumClient other = client(Credentials.password("oak", "hush"))) {
            assertThat(await(other.topics().list())).isEmpty();
        }
    }

    @Test
    void replacedCredentials_areUsedWithoutAnError() throws Exception {
        try (Producer<byte[], String> producer = FakeNode.producer(client).open()) {
            assertThat(await(producer.send("oak"))).isZero();
        }
        token.set("two");
        accepted = "Bearer two";
        try (Producer<byte[], String> producer =
                FakeNode.producer(client).idempotent(false).open()) {
            assertThat(await(producer.send("ash"))).isEqualTo(1);
        }
        token.set("three");
        accepted = "Bearer three";
        assertThat(await(client.topics().list())).isEmpty();
        token.set("four");
        accepted = "Bearer four";
        try (Consumer<byte[], byte[]> consumer = client.consumer("t").open()) {
            assertThat(consumer.next().offset()).isZero();
        }
    }

    @Test
    void subscriptionThatTheNodeEnds_continuesWithOtherCredentials() throws Exception {
        try (Producer<byte[], String> producer = FakeNode.producer(client).open()) {
            assertThat(await(producer.send("oak"))).isZero();
        }
        node.onSubscribe = (count, request, out) -> {
            if (count == 0) {
                node.serve(request, out, 0);
                token.set("two");
                accepted = "Bearer two";
                out.onError(FakeNode.failure(
                        Status.Code.UNAUTHENTICATED,
                        "NOT_AUTHENTICATED",
                        ErrorDetail.Outcome.NOT_APPLIED));
            } else {
                node.serve(request, out, Long.MAX_VALUE);
            }
        };
        try (Consumer<byte[], byte[]> consumer = client.consumer("t").open()) {
            assertThat(consumer.next().offset()).isZero();
        }
        assertThat(node.subscribed).hasValue(2);
    }

    @Test
    void replacedCredentials_areUsedAtAllNodesOfACluster() throws Exception {
        try (FakeCluster cluster = FakeCluster.of(3);
                LignumClient ofCluster = LignumClient.builder()
                        .addresses(cluster.members.get(1).node.address())
                        .credentials(Credentials.token(token::get))
                        .build();
                Producer<byte[], String> producer = FakeNode.producer(ofCluster).open()) {
            cluster.members.forEach(
                    member -> member.node.admits = header -> header.equals(Optional.of(accepted)));
            assertThat(await(producer.send("oak"))).isZero();
            token.set("two");
            accepted = "Bearer two";
            for (FakeCluster.Member member : cluster.members) {
                try (Consumer<byte[], byte[]> consumer =
                        ofCluster.consumer("t").prefer(member.node.address()).open()) {
                    assertThat(consumer.next().offset()).isZero();
                }
            }
            assertThat(await(producer.send("ash"))).isEqualTo(1);
            accepted = "Bearer three";
            assertThat(catchThrowableOfType(LignumException.NotAuthenticated.class, () -> {
                        try (Consumer<byte[], byte[]> consumer =
                                ofCluster.consumer("t").open()) {
                            consumer.next();
                        }
                    }))
                    .isNotNull();
        }
    }

    @Test
    void refusedCredentials_failCallsOfAllKindsAtOnce() {
        accepted = "Bearer two";
        LignumException.NotAuthenticated refused = failureOfOne();
        assertThat(refused.outcome()).isEqualTo(Outcome.NOT_APPLIED);
        assertThat(refused.code()).isEqualTo("NOT_AUTHENTICATED");
        ExecutionException listed = catchThrowableOfType(
                ExecutionException.class, () -> await(client.topics().list()));
        assertThat(listed).hasCauseInstanceOf(LignumException.NotAuthenticated.class);
        assertThat(catchThrowableOfType(LignumException.NotAuthenticated.class, () -> {
                    try (Consumer<byte[], byte[]> consumer =
                            client.consumer("t").open()) {
                        consumer.next();
                    }
                }))
                .isNotNull();
        assertThat(node.produced).hasValue(0);
        assertThat(node.subscribed).hasValue(0);
    }

    @Test
    void clientWithoutCredentials_isRefused() {
        client.close();
        client = node.client();
        assertThat(failureOfOne()).hasMessageContaining("NOT_AUTHENTICATED");
    }

    @Test
    void supplierOfEverNewValues_isNotAskedForEver() {
        Supplier<String> next = () -> "token-" + asked.incrementAndGet();
        client.close();
        client = client(Credentials.token(next));
        assertThat(failureOfOne().outcome()).isEqualTo(Outcome.NOT_APPLIED);
        assertThat(asked.get()).isLessThanOrEqualTo(6);
    }

    @Test
    void supplierThatFails_failsTheCallBeforeItIsSent() throws Exception {
        token.set("");
        assertThat(failureOfOne().outcome()).isEqualTo(Outcome.NOT_APPLIED);
        assertThat(failureOfOne()).hasMessageContaining("the token is empty");
        assertThat(node.refused).hasValue(0);
        token.set("one");
        assertThat(await(client.topics().list())).isEqualTo(List.of());
    }

    @Test
    void statusWithoutDetails_isUnderstood() {
        node.admits = any -> true;
        node.onProduce = (count, request, out) ->
                out.onError(Status.UNAUTHENTICATED.withDescription("a proxy").asRuntimeException());
        LignumException.NotAuthenticated byProxy = failureOfOne();
        assertThat(byProxy).hasMessageContaining("a proxy");
        assertThat(byProxy.outcome()).isEqualTo(Outcome.UNKNOWN);
        assertThat(node.produced).hasValue(1);
    }
}
