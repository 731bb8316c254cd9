package io.lignum.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.google.protobuf.ByteString;

import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.StreamObserver;
import io.lignum.api.AppendRequest;
import io.lignum.api.Batch;
import io.lignum.api.ErrorDetail;
import io.lignum.api.Fetched;
import io.lignum.api.LignumGrpc;
import io.lignum.api.LignumLogGrpc;
import io.lignum.api.Message;
import io.lignum.api.MessageList;
import io.lignum.api.Messages;
import io.lignum.api.Ok;
import io.lignum.api.ProduceRequest;
import io.lignum.api.ProduceResponse;
import io.lignum.api.Query;
import io.lignum.api.SubscribeRequest;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The examples of docs/grpc-api.md, run; and the document held against this file and the code. */
class GrpcExamplesTest {

    private static final Path DOCUMENT = Path.of("../docs/grpc-api.md");
    private static final Path THIS =
            Path.of("src/test/java/io/lignum/server/grpc/GrpcExamplesTest.java");

    @TempDir
    private Path directory;

    private GrpcNode node;
    private Channel channel;

    @BeforeEach
    void open() throws Exception {
        node = GrpcNode.start(directory);
        channel = node.channel();
    }

    @AfterEach
    void close() {
        node.close();
    }

    @Test
    void sendAndRead() {
        LignumGrpc.LignumBlockingStub lignum = LignumGrpc.newBlockingStub(channel);
        Ok sent = lignum.send(Message.newBuilder()
                .setTopic("greetings")
                .setData(ByteString.copyFromUtf8("hello"))
                .build());
        Messages read = lignum.read(Query.newBuilder()
                .setTopic("greetings")
                .setFrom(sent.getOffset())
                .setTo(sent.getOffset() + 1)
                .build());

        assertThat(read.getMessage(0).getData().toStringUtf8()).isEqualTo("hello");
    }

    @Test
    void produceAndSubscribe() throws Exception {
        CollectedAnswers<ProduceResponse> answers = new CollectedAnswers<>();
        StreamObserver<ProduceRequest> produce = LignumLogGrpc.newStub(channel).produce(answers);
        for (int batch = 0; batch < 100; batch++) {
            MessageList.Builder messages = MessageList.newBuilder();
            for (int i = 0; i < 50; i++) {
                messages.addMessage(
                        Message.newBuilder().setData(ByteString.copyFromUtf8("message " + i)));
            }
            produce.onNext(ProduceRequest.newBuilder()
                    .setCorrelationId(batch)
                    .setAppend(AppendRequest.newBuilder()
                            .setTopic("measurements")
                            .setBatch(Batch.newBuilder().setMessages(messages)))
                    .build());
        }
        produce.onCompleted();
        assertThat(answers.end()).isEqualTo(Status.OK);

        Iterator<Fetched> pushed = LignumLogGrpc.newBlockingStub(channel)
                .subscribe(SubscribeRequest.newBuilder()
                        .setTopic("measurements")
                        .setBeginning(true)
                        .setTo(5_000)
                        .build());
        while (pushed.hasNext()) {
            for (Message message : pushed.next().getMessageList()) {
                consume(message.getOffset(), message.getData());
            }
        }

        assertThat(consumed).hasSize(5_000).startsWith("message 0", "message 1");
    }

    private final List<String> consumed = new ArrayList<>();

    private void consume(long offset, ByteString data) {
        assertThat(offset).isEqualTo(consumed.size());
        consumed.add(data.toStringUtf8());
    }

    @Test
    @SuppressWarnings("NullAway") // As the document has it: a failed call of a node has trailers.
    void whatBecameOfACall() {
        LignumLogGrpc.LignumLogBlockingStub log = node.log();
        AppendRequest request = AppendRequest.newBuilder().setTopic("no/name").build();
        try {
            log.append(request);
            fail("appended to what is no name");
        } catch (StatusRuntimeException failed) {
            ErrorDetail detail = failed.getTrailers()
                    .get(ProtoUtils.keyForProto(ErrorDetail.getDefaultInstance()));
            assertThat(detail.getOutcome()).isEqualTo(ErrorDetail.Outcome.NOT_APPLIED);
        }
    }

    /** Line by line, but for indentation and what a test adds between the lines. */
    @Test
    void document_showsTheCodeOfThisFile() throws Exception {
        List<String> code = Files.readString(THIS).lines().map(String::strip).toList();
        Matcher blocks = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(DOCUMENT));
        int found = 0;
        while (blocks.find()) {
            int at = 0;
            for (String line : blocks.group(1).lines().map(String::strip).toList()) {
                int next = code.subList(at, code.size()).indexOf(line);
                assertThat(next).as("the document's line: %s", line).isNotNegative();
                at += next + 1;
            }
            found++;
        }
        assertThat(found).isEqualTo(4);
    }
}
