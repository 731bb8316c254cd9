package io.lignum.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.lignum.api.AppendRequest;
import io.lignum.api.Batch;
import io.lignum.api.ErrorDetail;
import io.lignum.api.FetchRequest;
import io.lignum.api.Fetched;
import io.lignum.api.ProduceRequest;
import io.lignum.api.ProduceResponse;
import io.lignum.api.Producer;
import io.lignum.record.Compression;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;

@Isolated // It counts what the threads of the whole process do.
class ProduceStreamTest {

    @TempDir
    private Path directory;

    private GrpcNode node;
    private final CollectedAnswers<ProduceResponse> answers = new CollectedAnswers<>();
    private StreamObserver<ProduceRequest> stream;

    @BeforeEach
    void open() throws Exception {
        node = GrpcNode.start(directory);
        stream = node.logAsync().produce(answers);
    }

    @AfterEach
    void close() {
        node.close();
    }

    @Test
    void thousandsInFlight_areAppendedInTheOrderSent() throws Exception {
        int count = 5_000;
        for (int i = 0; i < count; i++) {
            stream.onNext(Batches.numbered(i, Batches.messages("t", "a" + i, "b" + i)));
        }
        stream.onCompleted();

        assertThat(answers.end()).isEqualTo(Status.OK);
        assertThat(answers.values()).hasSize(count);
        for (ProduceResponse answer : answers.values()) {
            assertThat(answer.getAppended().getFirstOffset())
                    .isEqualTo(2 * answer.getCorrelationId());
            assertThat(answer.getAppended().getCount()).isEqualTo(2);
        }
        List<String> read = new ArrayList<>();
        while (read.size() < 2 * count) {
            Fetched page = node.log()
                    .fetch(FetchRequest.newBuilder()
                            .setTopic("t")
                            .setOffset(read.size())
                            .build());
            assertThat(page.getNext()).isGreaterThan(read.size());
            read.addAll(Batches.texts(page.getMessageList()));
        }
        assertThat(read)
                .isEqualTo(IntStream.range(0, 2 * count)
                        .mapToObj(i -> (i % 2 == 0 ? "a" : "b") + i / 2)
                        .toList());
    }

    /** Each task of a pool's thread that finds no other waiting ends in one more wait. */
    @Test
    void answersAreWrittenByTheEventLoop_notByTheThreadsOfCalls() {
        int count = 200;
        stream.onNext(Batches.numbered(0, Batches.messages("t", "first")));
        await().until(() -> answers.values().size() == 1);
        long before = waitsOfCallThreads();
        for (int i = 1; i <= count; i++) {
            int sent = i + 1;
            stream.onNext(Batches.numbered(i, Batches.messages("t", "a" + i)));
            await().pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(1))
                    .until(() -> answers.values().size() == sent);
        }

        assertThat(waitsOfCallThreads() - before).isLessThan(count / 4);
    }

    private static long waitsOfCallThreads() {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        return Arrays.stream(threads.getThreadInfo(threads.getAllThreadIds()))
                .filter(Objects::nonNull)
                .filter(thread -> thread.getThreadName().startsWith("lignum-grpc-call"))
                .mapToLong(ThreadInfo::getWaitedCount)
                .sum();
    }

    @ParameterizedTest
    @EnumSource(names = {"NONE", "LZ4", "ZSTD"})
    void rawBatch_isStoredAsItIs(Compression compression) throws Exception {
        AppendRequest request = Batches.raw("t", compression, "one", "two", "three");
        stream.onNext(Batches.numbered(7, request));
        stream.onNext(Batches.numbered(8, request));
        stream.onCompleted();

        assertThat(answers.end()).isEqualTo(Status.OK);
        assertThat(answers.values())
                .extracting(
                        ProduceResponse::getCorrelationId, a -> a.getAppended().getFirstOffset())
                .containsExactlyInAnyOrder(
                        org.assertj.core.groups.Tuple.tuple(7L, 0L),
                        org.assertj.core.groups.Tuple.tuple(8L, 3L));
        Fetched read = node.log()
                .fetch(FetchRequest.newBuilder()
                        .setTopic("t")
                        .setFormat(io.lignum.api.ReadFormat.RAW_BATCHES)
                        .build());
        assertThat(read.getRawBatches().size())
                .isEqualTo(2 * request.getBatch().getRaw().size());
        assertThat(Batches.texts(read.getRawBatches(), 1))
                .containsExactly("two", "three", "one", "two", "three");
    }

    @Test
    void refusedBatches_sayWhyAndTheStreamGoesOn() throws Exception {
        ByteString good = Batches.raw("t", Compression.NONE, "x").getBatch().getRaw();
        byte[] flipped = good.toByteArray();
        flipped[good.size() - 2] ^= 1;
        stream.onNext(Batches.numbered(1, Batches.messages("no/name", "x")));
        stream.onNext(
                Batches.numbered(2, AppendRequest.newBuilder().setTopic("t").build()));
        stream.onNext(Batches.numbered(3, Batches.messages("t")));
        stream.onNext(Batches.numbered(4, raw(ByteString.copyFrom(flipped))));
        stream.onNext(Batches.numbered(5, raw(good.substring(0, 30))));
        stream.onNext(Batches.numbered(6, raw(good.concat(good))));
        stream.onNext(Batches.numbered(
                7,
                raw(good).toBuilder()
                        .setProducer(Producer.newBuilder().setId(1))
                        .build()));
        stream.onNext(Batches.numbered(
                8,
                Batches.messages("t", "x").toBuilder()
                        .setProducer(Producer.newBuilder().setId(-1))
                        .build()));
        stream.onNext(Batches.numbered(9, Batches.messages("t", "good")));
        stream.onCompleted();

        assertThat(answers.end()).isEqualTo(Status.OK);
        for (ProduceResponse answer : answers.values()) {
            if (answer.getCorrelationId() == 9) {
                assertThat(answer.getAppended().getFirstOffset()).isZero();
            } else {
                assertThat(answer.getError().getOutcome())
                        .isEqualTo(ErrorDetail.Outcome.NOT_APPLIED);
                assertThat(answer.getError().getStatus())
                        .as("request %d: %s", answer.getCorrelationId(), answer.getError())
                        .isEqualTo(Status.Code.INVALID_ARGUMENT.value());
                assertThat(answer.getError().getField()).isNotEmpty();
            }
        }
        assertThat(answers.values()).hasSize(9);
    }

    @Test
    void expectedEndOffset_isChecked_andAMismatchIsReported() throws Exception {
        stream.onNext(Batches.numbered(1, expecting(0)));
        stream.onNext(Batches.numbered(2, expecting(0)));
        stream.onNext(Batches.numbered(3, expecting(1)));
        stream.onCompleted();

        assertThat(answers.end()).isEqualTo(Status.OK);
        ProduceResponse refused = answers.values().stream()
                .filter(ProduceResponse::hasError)
                .findFirst()
                .orElseThrow();
        assertThat(refused.getCorrelationId()).isEqualTo(2);
        assertThat(refused.getError().getCode()).isEqualTo("END_OFFSET_MISMATCH");
        assertThat(refused.getError().getLogEnd()).isEqualTo(1);
        assertThat(answers.values()).hasSize(3);
    }

    @Test
    void batchRepeatedByItsProducer_isAnsweredWithItsFirstOffset() throws Exception {
        AppendRequest request = Batches.messages("t", "x", "y").toBuilder()
                .setProducer(Producer.newBuilder().setId(77).setEpoch(1).setSequence(0))
                .build();
        stream.onNext(Batches.numbered(1, Batches.messages("t", "before")));
        stream.onNext(Batches.numbered(2, request));
        await().until(() -> answers.values().size() == 2);
        stream.onNext(Batches.numbered(3, request));
        stream.onCompleted();

        assertThat(answers.end()).isEqualTo(Status.OK);
        ProduceResponse repeated = answers.values().get(2);
        assertThat(repeated.getAppended().getFirstOffset()).isEqualTo(1);
        assertThat(repeated.getAppended().getDuplicate()).isTrue();
    }

    @Test
    void stopOfTheNode_answersWhatItTookAndEndsTheStream() throws Exception {
        int sent = 0;
        for (; sent < 100; sent++) {
            stream.onNext(Batches.numbered(sent, Batches.messages("t", "x" + sent)));
        }
        await().until(() -> !answers.values().isEmpty());

        node.listener.drain(Duration.ofSeconds(20));

        assertThat(answers.end().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(answers.end().getDescription()).contains("shutting down");
        assertThat(answers.details().getOutcome()).isEqualTo(ErrorDetail.Outcome.NOT_APPLIED);
        // Every request is either answered or not applied, never applied and not answered.
        assertThat(node.service.ownSession().topics().describe("t").readableEnd())
                .isEqualTo(answers.values().size());
    }

    @Test
    void clientThatLeaves_givesItsPlaceBack() {
        await().until(() -> node.service.admission().openStreams() == 1);
        stream.onError(Status.CANCELLED.asRuntimeException());
        await().until(() -> node.service.admission().openStreams() == 0);
    }

    private static AppendRequest expecting(long end) {
        return Batches.messages("t", "x").toBuilder().setExpectedEndOffset(end).build();
    }

    private static AppendRequest raw(ByteString bytes) {
        return AppendRequest.newBuilder()
                .setTopic("t")
                .setBatch(Batch.newBuilder().setRaw(bytes))
                .build();
    }
}
