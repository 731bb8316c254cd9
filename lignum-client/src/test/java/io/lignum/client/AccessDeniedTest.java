package io.lignum.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.grpc.Status;
import io.lignum.api.ErrorDetail;
import io.lignum.client.LignumException.Outcome;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/** A node that does not serve this caller: trying again would be of no use. */
class AccessDeniedTest {

    private FakeNode node;
    private LignumClient client;

    @BeforeEach
    void start() throws Exception {
        node = FakeNode.start();
        client = node.client();
    }

    @AfterEach
    void end() {
        node.close();
        client.close();
    }

    @Test
    void producer_isRefusedAtOnceAndServedOnceTheNodeIsOpened() throws Exception {
        node.onProduce = (count, request, out) -> {
            if (count == 0) {
                out.onError(FakeNode.failure(
                        Status.Code.PERMISSION_DENIED,
                        "ACCESS_DENIED",
                        ErrorDetail.Outcome.NOT_APPLIED));
            } else if (count == 1) {
                out.onError(
                        Status.PERMISSION_DENIED.withDescription("a proxy").asRuntimeException());
            } else {
                node.answer(request, out);
            }
        };
        assertThat(failureOfOne().outcome()).isEqualTo(Outcome.NOT_APPLIED);
        LignumException.AccessDenied byProxy = failureOfOne();
        assertThat(byProxy).hasMessageContaining("a proxy");
        assertThat(byProxy.outcome()).isEqualTo(Outcome.UNKNOWN);
        assertThat(node.produced).hasValue(2);
        try (Producer<byte[], String> producer = FakeNode.producer(client).open()) {
            assertThat(producer.send("oak").get(30, TimeUnit.SECONDS)).isZero();
        }
    }

    @Test
    void batchThatIsDenied_failsAlone() throws Exception {
        node.onProduce = (count, request, out) -> {
            if (count == 0) {
                out.onNext(FakeNode.refusal(
                        request, "ACCESS_DENIED", ErrorDetail.Outcome.NOT_APPLIED));
            } else {
                node.answer(request, out);
            }
        };
        try (Producer<byte[], String> producer = FakeNode.producer(client).open()) {
            ExecutionException thrown = catchThrowableOfType(
                    ExecutionException.class, () -> producer.send("oak").get(30, TimeUnit.SECONDS));
            assertThat(thrown).hasCauseInstanceOf(LignumException.AccessDenied.class);
            assertThat(producer.send("ash").get(30, TimeUnit.SECONDS)).isZero();
        }
        assertThat(node.produced).hasValue(2);
    }

    private LignumException.AccessDenied failureOfOne() {
        try (Producer<byte[], String> producer = FakeNode.producer(client).open()) {
            ExecutionException thrown = catchThrowableOfType(
                    ExecutionException.class, () -> producer.send("oak").get(30, TimeUnit.SECONDS));
            if (thrown.getCause() instanceof LignumException.AccessDenied denied) {
                return denied;
            }
            throw new AssertionError(thrown);
        }
    }

    @Test
    void consumer_isRefusedAtOnce() {
        node.onSubscribe = (count, request, out) -> out.onError(FakeNode.failure(
                Status.Code.PERMISSION_DENIED, "ACCESS_DENIED", ErrorDetail.Outcome.NOT_APPLIED));
        LignumException denied = catchThrowableOfType(LignumException.AccessDenied.class, () -> {
            try (Consumer<byte[], byte[]> consumer = client.consumer("t").open()) {
                consumer.next();
            }
        });
        assertThat(denied).hasMessageContaining("ACCESS_DENIED");
        assertThat(node.subscribed).hasValue(1);
    }
}
