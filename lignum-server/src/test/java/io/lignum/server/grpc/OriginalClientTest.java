package io.lignum.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.lignum.api.ErrorDetail;
import io.lignum.original.EchoMessage;
import io.lignum.original.LignumGrpc;
import io.lignum.original.ListTopicRequest;
import io.lignum.original.Message;
import io.lignum.original.Messages;
import io.lignum.original.OriginalProto;
import io.lignum.original.PingRequest;
import io.lignum.original.Query;
import io.lignum.original.Topic;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Path;
import java.util.Random;

/** The client generated from the original service description, against the listener of today. */
class OriginalClientTest {

    @TempDir
    private Path directory;

    private GrpcNode node;
    private LignumGrpc.LignumBlockingStub client;

    @BeforeEach
    void open() throws Exception {
        node = GrpcNode.start(directory);
        client = LignumGrpc.newBlockingStub(node.channel());
    }

    @AfterEach
    void close() {
        node.close();
    }

    @Test
    void echoAndPing_answer() {
        assertThat(client.echo(EchoMessage.newBuilder().setMessage("héllo").build())
                        .getMessage())
                .isEqualTo("héllo");
        assertThat(client.ping(PingRequest.getDefaultInstance()).getMessage()).isEqualTo("pong");
    }

    @Test
    void messagesSent_areReadByteForByte() {
        byte[] noise = new byte[1000];
        new Random(1).nextBytes(noise);
        send("t", ByteString.copyFrom(noise));
        send("t", ByteString.EMPTY);
        send("t", ByteString.copyFromUtf8("three"));

        Messages all = client.read(query("t", 0, 100));

        assertThat(all.getTopic()).isEqualTo("t");
        assertThat(all.getMessageList())
                .extracting(Message::getData)
                .containsExactly(
                        ByteString.copyFrom(noise),
                        ByteString.EMPTY,
                        ByteString.copyFromUtf8("three"));
        assertThat(client.read(query("t", 1, 2)).getMessageList())
                .extracting(Message::getData)
                .containsExactly(ByteString.EMPTY);
        assertThat(client.read(query("t", 3, 9)).getMessageList()).isEmpty();
        assertThat(client.read(query("t", 0, -1)).getMessageCount()).isEqualTo(3);
    }

    @Test
    void topicCreated_isListedWithItsSettings() {
        client.createTopic(Topic.newBuilder()
                .setName("live")
                .setEnableLiveReplication(true)
                .setQorumCount(2)
                .build());
        send("wal", ByteString.copyFromUtf8("x"));

        assertThat(client.listTopic(ListTopicRequest.getDefaultInstance()).getTopicList())
                .extracting(
                        Topic::getName,
                        Topic::getEnableLiveReplication,
                        Topic::getQorumCount,
                        Topic::getCount)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("live", true, 2L, 0L),
                        org.assertj.core.groups.Tuple.tuple("wal", false, 0L, 1L));
    }

    @Test
    void creatingTwice_alreadyExists() {
        Topic topic = Topic.newBuilder().setName("t").build();
        client.createTopic(topic);

        assertStatus(Status.Code.ALREADY_EXISTS, () -> client.createTopic(topic));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "a/b", "a b", "ä", "../etc/passwd", "a\nb"})
    void sendingToWhatIsNoName_isInvalid(String topic) {
        ErrorDetail details = assertStatus(
                Status.Code.INVALID_ARGUMENT, () -> send(topic, ByteString.copyFromUtf8("x")));
        assertThat(details.getField()).isEqualTo("topic");
        assertThat(details.getOutcome()).isEqualTo(ErrorDetail.Outcome.NOT_APPLIED);
        assertStatus(
                Status.Code.INVALID_ARGUMENT,
                () -> client.createTopic(Topic.newBuilder().setName(topic).build()));
    }

    @Test
    void nameOfTheWorldsLongestTopic_isRefusedAsInvalid() {
        String name = "x".repeat(1_000_000);
        assertStatus(Status.Code.INVALID_ARGUMENT, () -> send(name, ByteString.EMPTY));
        assertStatus(Status.Code.INVALID_ARGUMENT, () -> client.read(query(name, 0, 1)));
    }

    @ParameterizedTest
    @CsvSource({"unknown,0,1", "'',0,1", "t,1,1", "t,2,1", "t,-1,5", "t,-2,-1"})
    void readingNonsense_isInvalid(String topic, long from, long to) {
        send("t", ByteString.copyFromUtf8("x"));
        assertStatus(Status.Code.INVALID_ARGUMENT, () -> client.read(query(topic, from, to)));
    }

    /** Names, numbers, types and kinds: whatever is written by one side is read by the other. */
    @Test
    void everythingOfTheOriginalDescription_isThereUnchanged() {
        ServiceDescriptor original = OriginalProto.getDescriptor().findServiceByName("Lignum");
        ServiceDescriptor today =
                io.lignum.api.LignumProto.getDescriptor().findServiceByName("Lignum");
        assertThat(today.getFullName()).isEqualTo(original.getFullName());
        for (MethodDescriptor method : original.getMethods()) {
            MethodDescriptor now = today.findMethodByName(method.getName());
            assertThat(now.getInputType().getFullName())
                    .isEqualTo(method.getInputType().getFullName());
            assertThat(now.getOutputType().getFullName())
                    .isEqualTo(method.getOutputType().getFullName());
            assertThat(now.isClientStreaming() || now.isServerStreaming()).isFalse();
        }
        for (Descriptor message : OriginalProto.getDescriptor().getMessageTypes()) {
            Descriptor now = io.lignum.api.LignumProto.getDescriptor()
                    .findMessageTypeByName(message.getName());
            for (FieldDescriptor field : message.getFields()) {
                FieldDescriptor same = now.findFieldByNumber(field.getNumber());
                assertThat(same.getName()).isEqualTo(field.getName());
                assertThat(same.getType()).isEqualTo(field.getType());
                assertThat(same.isRepeated()).isEqualTo(field.isRepeated());
            }
        }
    }

    private void send(String topic, ByteString data) {
        assertThat(client.send(
                        Message.newBuilder().setTopic(topic).setData(data).build()))
                .isNotNull();
    }

    private static Query query(String topic, long from, long to) {
        return Query.newBuilder().setTopic(topic).setFrom(from).setTo(to).build();
    }

    private static ErrorDetail assertStatus(
            Status.Code code, org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        StatusRuntimeException error = catchThrowableOfType(StatusRuntimeException.class, call);
        assertThat(error).isNotNull();
        assertThat(error.getStatus().getCode()).isEqualTo(code);
        assertThat(error.getStatus().getDescription()).isNotBlank();
        return CollectedAnswers.detailsOf(error);
    }
}
