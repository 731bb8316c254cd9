package io.lignum.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.Context;
import io.grpc.Status;
import io.lignum.api.DeleteTopicRequest;
import io.lignum.api.Fetched;
import io.lignum.api.ReadFormat;
import io.lignum.api.SubscribeRequest;
import io.lignum.cluster.NotLeaderPolicy;
import io.lignum.record.LogRecord;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

class SubscribeTest {

    @TempDir
    private Path directory;

    private GrpcNode node;
    private final CollectedAnswers<Fetched> answers = new CollectedAnswers<>();

    @BeforeEach
    void open() throws Exception {
        // Small segments, so that a subscription lives through many of them.
        node = GrpcNode.start(directory, Map.of("message.initial-size-per-topic", "50"));
    }

    @AfterEach
    void close() {
        node.close();
    }

    @ParameterizedTest
    @EnumSource(names = {"MESSAGES", "RAW_BATCHES"})
    void subscription_getsWhatIsThereAndWhatComes(ReadFormat format) throws Exception {
        append(0, 300);
        node.logAsync()
                .subscribe(
                        request()
                                .setBeginning(true)
                                .setFormat(format)
                                .setTo(1_000)
                                .build(),
                        answers);
        await().until(() -> texts(format).size() == 300);
        append(300, 1_000);

        assertThat(answers.end()).isEqualTo(Status.OK);
        assertThat(texts(format)).isEqualTo(expected(0, 1_000));
        assertThat(answers.values().get(0).getNext()).isZero();
    }

    @Test
    void startInTheMiddle_beginsThereExactly() throws Exception {
        // One batch of ten: the offset is inside it.
        node.service
                .ownSession()
                .produce(
                        "t",
                        IntStream.range(0, 10)
                                .mapToObj(i -> LogRecord.of("m" + i))
                                .toList(),
                        io.lignum.storage.AppendOptions.NONE,
                        NotLeaderPolicy.FORWARD)
                .join();

        node.logAsync().subscribe(request().setOffset(4).setTo(7).build(), answers);

        assertThat(answers.end()).isEqualTo(Status.OK);
        assertThat(texts(ReadFormat.MESSAGES)).isEqualTo(expected(4, 7));
    }

    @Test
    void startAtATime_beginsAtTheFirstMessageOfThatTime() throws Exception {
        for (int i = 0; i < 10; i++) {
            node.service
                    .ownSession()
                    .produce(
                            "t",
                            LogRecord.of("m" + i).withTimestamp(1_000 + i),
                            NotLeaderPolicy.FORWARD)
                    .join();
        }

        node.logAsync().subscribe(request().setTimestamp(1_006).setTo(10).build(), answers);

        assertThat(answers.end()).isEqualTo(Status.OK);
        assertThat(texts(ReadFormat.MESSAGES)).isEqualTo(expected(6, 10));
    }

    @Test
    void startAtTheEnd_getsOnlyWhatComes() throws Exception {
        append(0, 10);
        node.logAsync().subscribe(request().setTo(12).build(), answers);
        await().until(() -> answers.values().size() == 1);
        assertThat(answers.values().get(0).getNext()).isEqualTo(10);

        append(10, 12);

        assertThat(answers.end()).isEqualTo(Status.OK);
        assertThat(texts(ReadFormat.MESSAGES)).isEqualTo(expected(10, 12));
    }

    @Test
    void unknownTopic_isNotFound() throws Exception {
        node.logAsync().subscribe(request().build(), answers);
        assertThat(answers.end().getCode()).isEqualTo(Status.Code.NOT_FOUND);
        assertThat(answers.details().getField()).isEqualTo("topic");
    }

    @Test
    void trimmedStart_isOutOfRangeAndSaysWhereTheLogStarts() throws Exception {
        append(0, 200);
        node.service.ownSession().topics().trim("t", 100).join();
        long start = node.service.ownSession().topics().describe("t").logStart();
        assertThat(start).isPositive();

        node.logAsync().subscribe(request().setOffset(0).build(), answers);

        assertThat(answers.end().getCode()).isEqualTo(Status.Code.OUT_OF_RANGE);
        assertThat(answers.details().getLogStart()).isEqualTo(start);
        assertThat(answers.details().getLogEnd()).isEqualTo(200);
    }

    @Test
    void trimmedStartToBeSkipped_beginsAtTheLogsStart() throws Exception {
        append(0, 200);
        node.service.ownSession().topics().trim("t", 100).join();
        int start = (int) node.service.ownSession().topics().describe("t").logStart();

        node.logAsync()
                .subscribe(
                        request().setOffset(0).setSkipTrimmed(true).setTo(200).build(), answers);

        assertThat(answers.end()).isEqualTo(Status.OK);
        assertThat(texts(ReadFormat.MESSAGES)).isEqualTo(expected(start, 200));
    }

    @Test
    void trimBehindAWaitingSubscription_doesNotDisturbIt() throws Exception {
        append(0, 200);
        node.logAsync().subscribe(request().setBeginning(true).setTo(300).build(), answers);
        await().until(() -> texts(ReadFormat.MESSAGES).size() == 200);

        node.service.ownSession().topics().trim("t", 150).join();
        append(200, 300);

        assertThat(answers.end()).isEqualTo(Status.OK);
        assertThat(texts(ReadFormat.MESSAGES)).isEqualTo(expected(0, 300));
    }

    @Test
    void deletedTopic_endsTheSubscription() throws Exception {
        append(0, 10);
        node.logAsync().subscribe(request().setBeginning(true).build(), answers);
        await().until(() ->
                texts(ReadFormat.MESSAGES).size() == 10 && node.service.waitingReads() == 1);

        node.log().deleteTopic(DeleteTopicRequest.newBuilder().setTopic("t").build());

        assertThat(answers.end().getCode()).isEqualTo(Status.Code.NOT_FOUND);
        await().until(() -> node.service.admission().openStreams() == 0);
    }

    @Test
    void stopOfTheNode_endsTheSubscription() throws Exception {
        append(0, 10);
        node.logAsync().subscribe(request().build(), answers);
        await().until(() -> node.service.waitingReads() == 1);

        node.listener.drain(Duration.ofSeconds(20));

        assertThat(answers.end().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(answers.end().getDescription()).contains("shutting down");
        await().until(() -> node.service.admission().openStreams() == 0);
    }

    @Test
    void clientThatLeaves_givesBackItsPlaceAndItsWait() {
        append(0, 1);
        Context.CancellableContext client = Context.current().withCancellation();
        client.run(() -> node.logAsync().subscribe(request().build(), answers));
        await().until(() -> node.service.waitingReads() == 1);

        client.cancel(null);

        await().until(() ->
                node.service.admission().openStreams() == 0 && node.service.waitingReads() == 0);
    }

    private void append(int from, int to) {
        for (int i = from; i < to; i++) {
            node.service
                    .ownSession()
                    .produce("t", LogRecord.of("m" + i), NotLeaderPolicy.FORWARD)
                    .join();
        }
    }

    private static SubscribeRequest.Builder request() {
        return SubscribeRequest.newBuilder().setTopic("t");
    }

    private static List<String> expected(int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> "m" + i).toList();
    }

    private List<String> texts(ReadFormat format) {
        List<String> texts = new ArrayList<>();
        for (Fetched answer : answers.values()) {
            if (format == ReadFormat.MESSAGES) {
                texts.addAll(Batches.texts(answer.getMessageList()));
            } else {
                texts.addAll(Batches.texts(answer.getRawBatches(), 0));
            }
        }
        return texts;
    }
}
