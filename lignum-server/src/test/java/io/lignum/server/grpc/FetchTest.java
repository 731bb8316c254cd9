package io.lignum.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.lignum.api.AppendRequest;
import io.lignum.api.Batch;
import io.lignum.api.FetchRequest;
import io.lignum.api.Fetched;
import io.lignum.api.FindOffsetRequest;
import io.lignum.api.Header;
import io.lignum.api.Message;
import io.lignum.api.MessageList;
import io.lignum.api.ReadFormat;
import io.lignum.cluster.NotLeaderPolicy;
import io.lignum.record.LogRecord;
import io.lignum.storage.AppendOptions;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

class FetchTest {

    @TempDir
    private Path directory;

    private GrpcNode node;

    @BeforeEach
    void open() throws Exception {
        node = GrpcNode.start(directory);
    }

    @AfterEach
    void close() {
        node.close();
    }

    @Test
    void everythingOfAMessage_comesBack() {
        Message full = Message.newBuilder()
                .setData(ByteString.copyFromUtf8("data"))
                .setKey(ByteString.copyFromUtf8("key"))
                .setTimestamp(1_700_000_000_000L)
                .addHeaders(Header.newBuilder()
                        .setKey("h")
                        .setValue(ByteString.copyFrom(new byte[] {0, -1})))
                .addHeaders(Header.newBuilder().setKey("none"))
                .addHeaders(Header.newBuilder().setKey("h").setValue(ByteString.EMPTY))
                .build();
        Message noData = Message.newBuilder().setNoData(true).setTimestamp(5).build();
        Message empty =
                Message.newBuilder().setKey(ByteString.EMPTY).setTimestamp(0).build();
        node.log().append(request(full, noData, empty));

        Fetched read = node.log().fetch(FetchRequest.newBuilder().setTopic("t").build());

        assertThat(read.getMessageList())
                .containsExactly(
                        full,
                        noData.toBuilder().setOffset(1).build(),
                        empty.toBuilder().setOffset(2).build());
    }

    @Test
    void messageWithoutATime_getsTheNodes() {
        long before = System.currentTimeMillis();
        node.log().append(Batches.messages("t", "x"));
        long after = System.currentTimeMillis();

        Fetched read = node.log().fetch(FetchRequest.newBuilder().setTopic("t").build());

        assertThat(read.getMessage(0).getTimestamp()).isBetween(before, after);
    }

    @ParameterizedTest
    @CsvSource({
        "0,   10, 0,   0,  10",
        "3,   7,  0,   0,  4",
        "3,   -1, 2,   0,  2",
        "0,   -1, 0,   1,  1",
        "0,   -1, 0,   25, 2",
        "10,  -1, 0,   0,  0",
        "999, -1, 0,   0,  0",
    })
    void range_isWhatWasAskedFor(long from, long to, int maxMessages, int maxBytes, int count) {
        produceTen();

        Fetched read = node.log()
                .fetch(FetchRequest.newBuilder()
                        .setTopic("t")
                        .setOffset(from)
                        .setTo(to)
                        .setMaxMessages(maxMessages)
                        .setMaxBytes(maxBytes)
                        .build());

        assertThat(Batches.texts(read.getMessageList()))
                .isEqualTo(IntStream.range((int) from, (int) from + count)
                        .mapToObj(FetchTest::text)
                        .toList());
        assertThat(read.getNext()).isEqualTo(from + count);
        assertThat(read.getLogStart()).isZero();
        assertThat(read.getLogEnd()).isEqualTo(10);
    }

    @Test
    void rawBatchesOfARange_coverItAndNoMore() {
        for (int i = 0; i < 5; i++) {
            node.log().append(Batches.messages("t", "a" + i, "b" + i));
        }

        Fetched read = node.log()
                .fetch(FetchRequest.newBuilder()
                        .setTopic("t")
                        .setOffset(3)
                        .setTo(6)
                        .setFormat(ReadFormat.RAW_BATCHES)
                        .build());

        assertThat(Batches.texts(read.getRawBatches(), 3)).containsExactly("b1", "a2", "b2");
        assertThat(read.getNext()).isEqualTo(6);
        assertThat(read.getMessageCount()).isZero();
    }

    @Test
    void waitingRead_isAnsweredByTheNextMessage() throws Exception {
        produceTen();
        CollectedAnswers<Fetched> answers = new CollectedAnswers<>();
        node.logAsync()
                .fetch(
                        FetchRequest.newBuilder()
                                .setTopic("t")
                                .setOffset(10)
                                .setMaxWaitMs(60_000)
                                .build(),
                        answers);
        await().until(() -> node.service.waitingReads() == 1);
        assertThat(answers.isOver()).isFalse();

        node.log().append(Batches.messages("t", "eleventh"));

        assertThat(answers.end()).isEqualTo(Status.OK);
        assertThat(Batches.texts(answers.values().get(0).getMessageList()))
                .containsExactly("eleventh");
    }

    @Test
    void waitingReadInVain_isAnsweredEmpty() {
        produceTen();
        Fetched read = node.log()
                .fetch(FetchRequest.newBuilder()
                        .setTopic("t")
                        .setOffset(10)
                        .setMaxWaitMs(50)
                        .build());
        assertThat(read.getMessageCount()).isZero();
        assertThat(read.getNext()).isEqualTo(10);
    }

    @Test
    void waitOfAClientThatLeaves_isGivenUp() {
        produceTen();
        io.grpc.Context.CancellableContext client = io.grpc.Context.current().withCancellation();
        client.run(() -> node.logAsync()
                .fetch(
                        FetchRequest.newBuilder()
                                .setTopic("t")
                                .setOffset(10)
                                .setMaxWaitMs(60_000)
                                .build(),
                        new CollectedAnswers<>()));
        await().until(() -> node.service.waitingReads() == 1);

        client.cancel(null);

        await().until(() -> node.service.waitingReads() == 0);
    }

    @ParameterizedTest
    @CsvSource({
        "unknown,0,9,NOT_FOUND,topic",
        "'',0,9,INVALID_ARGUMENT,topic",
        "t,5,5,INVALID_ARGUMENT,offset",
        "t,-1,-1,INVALID_ARGUMENT,offset"
    })
    void nonsense_isRefused(String topic, long from, long to, Status.Code code, String field) {
        produceTen();
        FetchRequest request = FetchRequest.newBuilder()
                .setTopic(topic)
                .setOffset(from)
                .setTo(to)
                .build();
        StatusRuntimeException error = catchThrowableOfType(
                StatusRuntimeException.class, () -> node.log().fetch(request));
        assertThat(error.getStatus().getCode()).isEqualTo(code);
        assertThat(CollectedAnswers.detailsOf(error).getField()).isEqualTo(field);

        StatusRuntimeException waiting = catchThrowableOfType(
                StatusRuntimeException.class,
                () -> node.log().fetch(request.toBuilder().setMaxWaitMs(50).build()));
        assertThat(waiting.getStatus().getCode()).isEqualTo(code);
    }

    @Test
    void offsetOfATime_isTheFirstAtOrAfterIt() {
        for (int i = 0; i < 10; i++) {
            node.service
                    .ownSession()
                    .produce(
                            "t", LogRecord.of("m").withTimestamp(100L * i), NotLeaderPolicy.FORWARD)
                    .join();
        }
        assertThat(find(0).getOffset()).isZero();
        assertThat(find(400).getOffset()).isEqualTo(4);
        assertThat(find(401).getOffset()).isEqualTo(5);
        assertThat(find(901).hasOffset()).isFalse();
    }

    private io.lignum.api.FindOffsetResponse find(long timestamp) {
        return node.log()
                .findOffset(FindOffsetRequest.newBuilder()
                        .setTopic("t")
                        .setTimestamp(timestamp)
                        .build());
    }

    private void produceTen() {
        List<LogRecord> records =
                IntStream.range(0, 10).mapToObj(i -> LogRecord.of(text(i))).toList();
        node.service
                .ownSession()
                .produce("t", records, AppendOptions.NONE, NotLeaderPolicy.FORWARD)
                .join();
    }

    /** Ten bytes. */
    private static String text(int i) {
        return "message-0" + i;
    }

    private static AppendRequest request(Message... messages) {
        return AppendRequest.newBuilder()
                .setTopic("t")
                .setBatch(Batch.newBuilder()
                        .setMessages(MessageList.newBuilder().addAllMessage(List.of(messages))))
                .build();
    }
}
