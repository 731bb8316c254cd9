package io.lignum.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.google.common.util.concurrent.ListenableFuture;
import com.google.protobuf.ByteString;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import io.lignum.api.Appended;
import io.lignum.api.CreateTopicRequest;
import io.lignum.api.FetchRequest;
import io.lignum.api.Fetched;
import io.lignum.api.LignumGrpc;
import io.lignum.api.LignumLogGrpc;
import io.lignum.api.Message;
import io.lignum.api.ProduceRequest;
import io.lignum.api.ProduceResponse;
import io.lignum.api.SubscribeRequest;
import io.lignum.api.Topic;
import io.lignum.cluster.NotLeaderPolicy;
import io.lignum.record.Compression;
import io.lignum.record.LogRecord;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.logging.Handler;
import java.util.logging.Logger;

/** Every limit, hit from outside: the error names it, and the node goes on serving others. */
class GrpcLimitsTest {

    @TempDir
    private Path directory;

    @SuppressWarnings("NullAway.Init") // every test starts its own
    private GrpcNode node;

    @AfterEach
    void close() {
        node.close();
    }

    private void start(String... keysAndValues) throws Exception {
        Map<String, String> settings = new java.util.HashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            settings.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        node = GrpcNode.start(directory, settings);
    }

    @Test
    void messageOfMoreThanARequestMayHave_isRefusedWithoutAStackTraceInTheLog() throws Exception {
        start(
                "limits.request-max-bytes",
                "100000",
                "limits.message-max-bytes",
                "1000",
                "limits.batch-max-bytes",
                "2000");
        try (TransportLog log = new TransportLog()) {
            StatusRuntimeException error = catchThrowableOfType(
                    StatusRuntimeException.class, () -> original().send(message("t", 5_000_000)));

            assertThat(error.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
            assertThat(error.getStatus().getDescription()).contains("100000");
            assertThat(log.lines).isEmpty();
        }
        assertServes();
    }

    @Test
    void compressedMessageThatUnpacksToTooMuch_isRefused() throws Exception {
        start(
                "limits.request-max-bytes",
                "100000",
                "limits.message-max-bytes",
                "1000",
                "limits.batch-max-bytes",
                "2000");
        StatusRuntimeException error = catchThrowableOfType(
                StatusRuntimeException.class,
                () -> original().withCompression("gzip").send(message("t", 50_000_000)));

        assertThat(error.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
        assertServes();
    }

    @Test
    void messageTooLarge_namesTheLimit() throws Exception {
        start("limits.message-max-bytes", "1000");
        assertLimit("limits.message-max-bytes", () -> original().send(message("t", 1001)));
        assertThat(original().send(message("t", 1000)).getOffset()).isZero();
    }

    /** Key, value and headers are counted, and nothing of what the format of batches adds. */
    @Test
    void largestMessage_isTheSameInWhateverFormItComes() throws Exception {
        start("limits.message-max-bytes", "1024", "limits.batch-max-bytes", "1024");
        String largest = "x".repeat(1_024);
        assertThat(original().send(message("t", 1_024)).getOffset()).isZero();
        for (Compression compression : List.of(Compression.NONE, Compression.ZSTD)) {
            node.log().append(Batches.raw("t", compression, largest));
            assertLimit(
                    "limits.message-max-bytes",
                    () -> node.log().append(Batches.raw("t", compression, largest + "x")));
        }
        node.log().append(Batches.messages("t", largest));
        assertLimit(
                "limits.message-max-bytes",
                () -> node.log().append(Batches.messages("t", largest + "x")));
    }

    @Test
    void batchTooLarge_namesTheLimit() throws Exception {
        start("limits.batch-max-bytes", "3000", "limits.message-max-bytes", "2000");
        String half = "x".repeat(1_600);
        assertLimit(
                "limits.batch-max-bytes",
                () -> node.log().append(Batches.messages("t", half, half)));
        assertLimit(
                "limits.batch-max-bytes",
                () -> node.log().append(Batches.raw("t", Compression.NONE, half, half)));
        assertServes();
    }

    @Test
    void batchOfTooManyMessages_namesTheLimit() throws Exception {
        start("limits.batch-max-records", "2");
        assertLimit(
                "limits.batch-max-records",
                () -> node.log().append(Batches.messages("t", "1", "2", "3")));
        assertServes();
    }

    @Test
    void moreAppendsThanMayWait_nameTheLimitAndTheOthersAreThere() throws Exception {
        start("wal.queue-size", "1");
        assertServes();
        List<ListenableFuture<Appended>> sent = new ArrayList<>();
        LignumLogGrpc.LignumLogFutureStub log = LignumLogGrpc.newFutureStub(node.channel());
        for (int i = 0; i < 100; i++) {
            sent.add(log.append(Batches.messages("many", "m" + i)));
        }
        int appended = 0;
        for (ListenableFuture<Appended> future : sent) {
            try {
                future.get();
                appended++;
            } catch (ExecutionException refused) {
                assertLimit("wal.queue-size", () -> {
                    throw refused.getCause();
                });
            }
        }
        assertThat(appended).isBetween(1, 99);
        assertThat(node.service.ownSession().topics().describe("many").readableEnd())
                .isEqualTo(appended);
    }

    @Test
    void readsAreCut_andSayWhereToGoOn() throws Exception {
        start("limits.read-max-records", "3");
        for (int i = 0; i < 5; i++) {
            node.service
                    .ownSession()
                    .produce("t", LogRecord.of("m" + i), NotLeaderPolicy.FORWARD)
                    .join();
        }
        Fetched first = node.log()
                .fetch(FetchRequest.newBuilder()
                        .setTopic("t")
                        .setMaxMessages(1000)
                        .build());
        assertThat(first.getMessageCount()).isEqualTo(3);
        assertThat(first.getNext()).isEqualTo(3);
        assertThat(first.getLogEnd()).isEqualTo(5);
    }

    @Test
    void topicsBeyondTheLimit_nameIt() throws Exception {
        start("limits.max-topics", "2");
        create("a");
        create("b");
        assertLimit("limits.max-topics", () -> create("c"));
        assertLimit("limits.max-topics", () -> original().send(message("d", 1)));
        assertThat(original().send(message("a", 1)).getOffset()).isZero();
    }

    @Test
    void streamsBeyondTheLimit_nameIt() throws Exception {
        start("limits.max-streams", "2");
        create("t");
        for (int i = 0; i < 2; i++) {
            node.logAsync()
                    .subscribe(
                            SubscribeRequest.newBuilder().setTopic("t").build(),
                            new CollectedAnswers<>());
        }
        await().until(() -> node.service.admission().openStreams() == 2);

        CollectedAnswers<Fetched> third = new CollectedAnswers<>();
        node.logAsync().subscribe(SubscribeRequest.newBuilder().setTopic("t").build(), third);
        assertThat(third.end().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
        assertThat(third.details().getLimit()).isEqualTo("limits.max-streams");

        CollectedAnswers<ProduceResponse> fourth = new CollectedAnswers<>();
        StreamObserver<ProduceRequest> produce = node.logAsync().produce(fourth);
        assertThat(fourth.end().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
        assertThat(fourth.details().getLimit()).isEqualTo("limits.max-streams");
        assertThat(produce).isNotNull();
        assertServes();
    }

    @Test
    void waitingReadsBeyondTheLimit_nameIt() throws Exception {
        start("limits.max-waiting-reads", "1");
        create("t");
        CollectedAnswers<Fetched> waiting = new CollectedAnswers<>();
        node.logAsync().fetch(waitFor("t"), waiting);
        await().until(() -> node.service.waitingReads() == 1);

        assertLimit("limits.max-waiting-reads", () -> node.log().fetch(waitFor("t")));

        original().send(message("t", 1));
        assertThat(waiting.end()).isEqualTo(Status.OK);
        assertThat(waiting.values().get(0).getMessageCount()).isEqualTo(1);
    }

    @Test
    void requestsInFlightBeyondTheLimit_nameIt() throws Exception {
        start("limits.max-requests-in-flight", "1");
        create("t");
        node.logAsync().fetch(waitFor("t"), new CollectedAnswers<>());
        await().until(() -> node.service.waitingReads() == 1);

        assertLimit("limits.max-requests-in-flight", () -> original().send(message("t", 1)));

        // What is there in a stream is limited by the stream.
        CollectedAnswers<ProduceResponse> answers = new CollectedAnswers<>();
        StreamObserver<ProduceRequest> stream = node.logAsync().produce(answers);
        stream.onNext(Batches.numbered(1, Batches.messages("t", "x")));
        stream.onCompleted();
        assertThat(answers.end()).isEqualTo(Status.OK);
        await().ignoreExceptions().until(() -> original().send(message("t", 1)).getOffset() > 0);
    }

    private LignumGrpc.LignumBlockingStub original() {
        return LignumGrpc.newBlockingStub(node.channel());
    }

    private void create(String topic) {
        node.log()
                .createTopic(CreateTopicRequest.newBuilder()
                        .setTopic(Topic.newBuilder().setName(topic))
                        .build());
    }

    private static FetchRequest waitFor(String topic) {
        return FetchRequest.newBuilder().setTopic(topic).setMaxWaitMs(60_000).build();
    }

    private static Message message(String topic, int bytes) {
        return Message.newBuilder()
                .setTopic(topic)
                .setData(ByteString.copyFrom(new byte[bytes]))
                .build();
    }

    private void assertServes() {
        assertThat(original().send(message("served", 10)).getOffset()).isZero();
    }

    private static void assertLimit(String key, ThrowingCallable call) {
        StatusRuntimeException error = catchThrowableOfType(StatusRuntimeException.class, call);
        assertThat(error).isNotNull();
        assertThat(error.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
        assertThat(error.getStatus().getDescription()).contains(key);
        assertThat(CollectedAnswers.detailsOf(error).getLimit()).isEqualTo(key);
        assertThat(CollectedAnswers.detailsOf(error).getLimitValue()).isPositive();
    }

    /** What the transport would have written into the log. */
    private static final class TransportLog extends Handler implements AutoCloseable {

        final List<String> lines = new CopyOnWriteArrayList<>();
        private final Logger logger =
                Logger.getLogger("io.grpc.netty.shaded.io.grpc.netty.NettyServerStream");

        TransportLog() {
            logger.addHandler(this);
        }

        @Override
        public void publish(java.util.logging.LogRecord record) {
            lines.add(record.getMessage());
        }

        @Override
        public void flush() {}

        @Override
        public void close() {
            logger.removeHandler(this);
        }
    }
}
