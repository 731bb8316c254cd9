package io.lignum.cluster.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;

import io.grpc.Drainable;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor.Marshaller;
import io.lignum.cluster.peer.LeaderCommand;
import io.lignum.cluster.peer.Message;
import io.lignum.cluster.peer.PeerException;
import io.lignum.cluster.peer.PeerRequest;
import io.lignum.cluster.peer.PeerResponse;

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

    private final long seed = Long.getLong("lignum.seed", 1);

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
        return written(PeerMethods.FOLLOW.getRequestMarshaller(), MessageCodec.encode(message));
    }

    private static Message message(byte[] bytes) {
        return MessageCodec.decode(PeerMethods.FOLLOW.parseRequest(new Incoming(bytes)));
    }

    private static PeerRequest question(byte[] bytes) {
        return PeerRequestCodec.decode(PeerMethods.ASK.parseRequest(new Incoming(bytes)));
    }

    private static PeerResponse answer(byte[] bytes) {
        return PeerResponseCodec.decode(PeerMethods.ASK.parseResponse(new Incoming(bytes)));
    }

    @Test
    void everyKind_comesBackAsItWas() throws IOException {
        System.out.println("CodecTest seed " + seed);
        RandomPeerTalk talk = new RandomPeerTalk(seed);
        for (int i = 0; i < ROUNDS; i++) {
            for (Message message : talk.messages()) {
                assertThat(message(written(message))).isEqualTo(message);
            }
            for (PeerRequest question : talk.questions()) {
                byte[] bytes = written(
                        PeerMethods.ASK.getRequestMarshaller(), PeerRequestCodec.encode(question));
                assertThat(question(bytes)).isEqualTo(question);
            }
            for (PeerResponse answer : talk.answers()) {
                byte[] bytes = written(
                        PeerMethods.ASK.getResponseMarshaller(), PeerResponseCodec.encode(answer));
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
                .containsExactlyInAnyOrder((Object[]) PeerRequest.class.getPermittedSubclasses());
        assertThat(kinds(talk.answers()))
                .containsExactlyInAnyOrder((Object[]) PeerResponse.class.getPermittedSubclasses());
        assertThat(kinds(talk.commands()))
                .containsExactlyInAnyOrder((Object[]) LeaderCommand.class.getPermittedSubclasses());
    }

    @Test
    void everyCommand_comesBackAsItWas() {
        RandomPeerTalk talk = new RandomPeerTalk(seed);
        for (int i = 0; i < ROUNDS; i++) {
            for (LeaderCommand command : talk.commands()) {
                assertThat(LeaderCommandCodec.decode(LeaderCommandCodec.encode(command)))
                        .isEqualTo(command);
            }
        }
    }

    @Test
    void commandOfAnUnknownKind_isMalformed() {
        assertThatThrownBy(() -> LeaderCommandCodec.decode(Wire.LeaderCommand.getDefaultInstance()))
                .isInstanceOf(MalformedException.class);
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
        Wire.Frame frame = PeerMethods.FOLLOW.parseRequest(new Incoming(bytes));
        assertThat(frame.getAppend().getBatches().getClass().getSimpleName())
                .contains("Bounded"); // protobuf's view of a part of an array
    }

    @Test
    void failure_comesBackWithCodeAndText() {
        PeerException failure = new PeerException("SOME_CODE", true, "some text", null);
        assertThatThrownBy(() -> PeerResponseCodec.decode(PeerResponseCodec.encode(failure)))
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
        assertThatThrownBy(() -> PeerResponseCodec.decode(PeerResponseCodec.encode(failure)))
                .isInstanceOfSatisfying(
                        PeerException.class, back -> assertThat(back.limit()).contains(limit));
    }

    @Test
    void longText_isCutBeforeItIsSent() {
        PeerException failure =
                new PeerException("CODE", true, "x".repeat(ProtoConversions.MAX_TEXT + 5), null);
        assertThatThrownBy(() -> PeerResponseCodec.decode(PeerResponseCodec.encode(failure)))
                .hasMessage("x".repeat(ProtoConversions.MAX_TEXT));
    }

    @Test
    void outOfRange_isRefused() {
        Wire.Frame.Builder alive =
                Wire.Frame.newBuilder().setEpoch(-1).setAlive(Wire.Alive.getDefaultInstance());
        assertThatThrownBy(() -> MessageCodec.decode(alive.build()))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("-1");
        Wire.Frame.Builder append = Wire.Frame.newBuilder()
                .setAppend(Wire.Append.newBuilder().setTopic(ByteString.copyFrom(new byte[15])));
        assertThatThrownBy(() -> MessageCodec.decode(append.build()))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("15 bytes");
        assertThatThrownBy(() -> MessageCodec.decode(Wire.Frame.getDefaultInstance()))
                .isInstanceOf(MalformedException.class);
        assertThatThrownBy(() -> ProtoConversions.address(
                        Wire.Address.newBuilder().setInternalPort(70_000).build()))
                .isInstanceOf(MalformedException.class);
        assertThatThrownBy(() -> ProtoConversions.address(
                        Wire.Address.newBuilder().setHost("h".repeat(256)).build()))
                .isInstanceOf(MalformedException.class);
    }
}
