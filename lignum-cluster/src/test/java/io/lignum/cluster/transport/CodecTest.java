package io.lignum.cluster.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;

import io.grpc.Drainable;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor.Marshaller;
import io.lignum.cluster.peer.Answer;
import io.lignum.cluster.peer.Message;
import io.lignum.cluster.peer.PeerException;
import io.lignum.cluster.peer.Question;

import org.junit.jupiter.api.Test;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.UUID;

final class CodecTest {

    private static final int ROUNDS = 300;

    private final long seed = new Random().nextLong();

    /** What the transport gives to read. */
    private static final class Incoming extends ByteArrayInputStream implements KnownLength {
        Incoming(byte[] bytes) {
            super(bytes);
        }
    }

    private static <T extends MessageLite> byte[] written(Marshaller<T> marshaller, T message)
            throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        InputStream stream = marshaller.stream(message);
        assertThat(stream.available()).isEqualTo(message.getSerializedSize());
        assertThat(((Drainable) stream).drainTo(out)).isEqualTo(out.size());
        assertThat(marshaller.stream(message).readAllBytes()).isEqualTo(out.toByteArray());
        return out.toByteArray();
    }

    private static byte[] written(Message message) throws IOException {
        return written(Calls.FOLLOW.getRequestMarshaller(), Messages.encode(message));
    }

    private static Message message(byte[] bytes) {
        return Messages.decode(Calls.FOLLOW.parseRequest(new Incoming(bytes)));
    }

    private static Question question(byte[] bytes) {
        return Questions.decode(Calls.ASK.parseRequest(new Incoming(bytes)));
    }

    private static Answer answer(byte[] bytes) {
        return Answers.decode(Calls.ASK.parseResponse(new Incoming(bytes)));
    }

    @Test
    void everyKind_comesBackAsItWas() throws IOException {
        System.out.println("CodecTest seed " + seed);
        RandomPeerTalk talk = new RandomPeerTalk(seed);
        for (int i = 0; i < ROUNDS; i++) {
            for (Message message : talk.messages()) {
                assertThat(message(written(message))).isEqualTo(message);
            }
            for (Question question : talk.questions()) {
                byte[] bytes =
                        written(Calls.ASK.getRequestMarshaller(), Questions.encode(question));
                assertThat(question(bytes)).isEqualTo(question);
            }
            for (Answer answer : talk.answers()) {
                byte[] bytes = written(Calls.ASK.getResponseMarshaller(), Answers.encode(answer));
                assertThat(answer(bytes)).isEqualTo(answer);
            }
        }
    }

    @Test
    void everyKindThereIs_isTried() {
        RandomPeerTalk talk = new RandomPeerTalk(seed);
        assertThat(kinds(talk.messages()))
                .containsExactlyInAnyOrder((Object[]) Message.class.getPermittedSubclasses());
        assertThat(kinds(talk.questions()))
                .containsExactlyInAnyOrder((Object[]) Question.class.getPermittedSubclasses());
        assertThat(kinds(talk.answers()))
                .containsExactlyInAnyOrder((Object[]) Answer.class.getPermittedSubclasses());
    }

    private static List<Object> kinds(List<?> talk) {
        List<Object> kinds = new ArrayList<>();
        talk.forEach(one -> kinds.add(one.getClass()));
        return kinds;
    }

    @Test
    void batches_areViewsOfTheBytesThatCameIn() throws IOException {
        byte[] batch = new byte[100_000];
        new Random(seed).nextBytes(batch);
        byte[] bytes = written(new Message.Append(
                1, new UUID(1, 2), 3, OptionalLong.empty(), ByteBuffer.wrap(batch)));
        Wire.Frame frame = Calls.FOLLOW.parseRequest(new Incoming(bytes));
        assertThat(frame.getAppend().getBatches().getClass().getSimpleName())
                .contains("Bounded"); // protobuf's view of a part of an array
    }

    @Test
    void failure_comesBackWithCodeAndText() {
        PeerException failure = new PeerException("SOME_CODE", true, "some text", null);
        assertThatThrownBy(() -> Answers.decode(Answers.encode(failure)))
                .isInstanceOfSatisfying(PeerException.class, back -> {
                    assertThat(back.code()).isEqualTo("SOME_CODE");
                    assertThat(back.isUnknown()).isTrue();
                })
                .hasMessage("some text");
    }

    @Test
    void failureAtALimit_comesBackWithItsNameAndValue() {
        PeerException.Limit limit = new PeerException.Limit("reserveBytes", 1 << 20);
        PeerException failure =
                new PeerException("STORAGE_FULL", false, "full", null).withLimit(limit);
        assertThatThrownBy(() -> Answers.decode(Answers.encode(failure)))
                .isInstanceOfSatisfying(
                        PeerException.class, back -> assertThat(back.limit()).contains(limit));
    }

    @Test
    void longText_isCutBeforeItIsSent() {
        PeerException failure =
                new PeerException("CODE", true, "x".repeat(Fields.MAX_TEXT + 5), null);
        assertThatThrownBy(() -> Answers.decode(Answers.encode(failure)))
                .hasMessage("x".repeat(Fields.MAX_TEXT));
    }

    @Test
    void outOfRange_isRefused() {
        Wire.Frame.Builder alive =
                Wire.Frame.newBuilder().setEpoch(-1).setAlive(Wire.Alive.getDefaultInstance());
        assertThatThrownBy(() -> Messages.decode(alive.build()))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("-1");
        Wire.Frame.Builder append = Wire.Frame.newBuilder()
                .setAppend(Wire.Append.newBuilder().setTopic(ByteString.copyFrom(new byte[15])));
        assertThatThrownBy(() -> Messages.decode(append.build()))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("15 bytes");
        assertThatThrownBy(() -> Messages.decode(Wire.Frame.getDefaultInstance()))
                .isInstanceOf(MalformedException.class);
        assertThatThrownBy(() -> Fields.address(
                        Wire.Address.newBuilder().setInternalPort(70_000).build()))
                .isInstanceOf(MalformedException.class);
        assertThatThrownBy(() -> Fields.address(
                        Wire.Address.newBuilder().setHost("h".repeat(256)).build()))
                .isInstanceOf(MalformedException.class);
    }
}
