package io.lignum.cluster.transport;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.MessageLite;

import io.grpc.KnownLength;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.lignum.cluster.peer.PeerException;
import io.lignum.cluster.peer.PeerRequest;
import io.lignum.cluster.peer.PeerResponse;
import io.lignum.cluster.peer.PeerService;
import io.lignum.cluster.peer.PeerStream;
import io.lignum.cluster.peer.PeerStreamReceiver;
import io.lignum.cluster.peer.RecordingReceiver;
import io.lignum.record.fuzz.Allocated;
import io.lignum.record.fuzz.Mutator;
import io.lignum.record.fuzz.Rounds;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** What peers say that are no peers, or broken ones. */
final class HostilePeersTest {

    private static final int ROUNDS = 8_000;
    private static final int CALLS = 60;
    private static final PeerSecurity SECRET =
            new PeerSecurity(Optional.of("a secret of the tests"), "test");

    private final GrpcNetwork network;
    private final RawPeer sound;

    HostilePeersTest() throws IOException {
        network = GrpcNetwork.start(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                SECRET,
                Optional.empty(),
                1 << 20,
                failure -> {});
        sound = new RawPeer(network.port());
    }

    @BeforeEach
    void serve() {
        network.serve(new PeerService() {
            @Override
            public PeerStreamReceiver accept(PeerStream stream) {
                return RecordingReceiver.quick();
            }

            @Override
            public CompletableFuture<PeerResponse> answer(PeerRequest question) {
                return CompletableFuture.completedFuture(new PeerResponse.Done());
            }
        });
        assertThat(sound.handshake(SECRET, new byte[SharedSecretAuth.NONCE_BYTES]))
                .isNotEmpty();
    }

    @AfterEach
    void close() throws Exception {
        sound.close();
        network.close();
    }

    private static final class Incoming extends ByteArrayInputStream implements KnownLength {
        Incoming(byte[] bytes) {
            super(bytes);
        }
    }

    private static Object message(byte[] bytes) {
        return MessageCodec.decode(PeerMethods.FOLLOW.parseRequest(new Incoming(bytes)));
    }

    private static Object question(byte[] bytes) {
        return PeerRequestCodec.decode(PeerMethods.ASK.parseRequest(new Incoming(bytes)));
    }

    private static Object answer(byte[] bytes) {
        return PeerResponseCodec.decode(PeerMethods.ASK.parseResponse(new Incoming(bytes)));
    }

    private static List<byte[]> bytes(List<? extends MessageLite> messages) {
        return messages.stream().map(MessageLite::toByteArray).toList();
    }

    private static List<byte[]> messages(long seed) {
        return bytes(new RandomPeerTalk(seed)
                .messages().stream().map(MessageCodec::encode).toList());
    }

    private static List<byte[]> questions(long seed) {
        return bytes(new RandomPeerTalk(seed)
                .questions().stream().map(PeerRequestCodec::encode).toList());
    }

    private static List<byte[]> answers(long seed) {
        return bytes(new RandomPeerTalk(seed)
                .answers().stream().map(PeerResponseCodec::encode).toList());
    }

    private static byte[] hostile(List<byte[]> talk, Mutator mutator) {
        byte[] one = talk.get(mutator.random().nextInt(talk.size()));
        byte[] other = talk.get(mutator.random().nextInt(talk.size()));
        return mutator.random().nextInt(20) == 0 ? mutator.noise(200) : mutator.mutate(one, other);
    }

    @Test
    void hostileMessage_isReadOrRefused_withinItsMemory() {
        decoded("peer messages", HostilePeersTest::messages, HostilePeersTest::message);
    }

    @Test
    void hostileQuestion_isReadOrRefused_withinItsMemory() {
        decoded("peer questions", HostilePeersTest::questions, HostilePeersTest::question);
    }

    @Test
    void hostileAnswer_isReadOrRefused_withinItsMemory() {
        decoded("peer answers", HostilePeersTest::answers, HostilePeersTest::answer);
    }

    private static void decoded(
            String what, Function<Long, List<byte[]>> talk, Function<byte[], Object> reading) {
        // What classes take as they are loaded does not count.
        assertThat(talk.apply(1L)).allMatch(bytes -> isRead(bytes, reading));
        assertThat(isRead(new byte[] {-1}, reading)).isFalse();
        int[] refused = new int[1];
        Rounds.run(what, ROUNDS, seed -> {
            byte[] hostile = hostile(talk.apply(seed), new Mutator(seed));
            boolean[] read = new boolean[1];
            long bytes = Allocated.bytes(() -> read[0] = isRead(hostile, reading));
            refused[0] += read[0] ? 0 : 1;
            assertThat(bytes).isLessThan(64 * 1024 + 300L * hostile.length);
        });
        assertThat(refused[0]).isPositive();
    }

    private static boolean isRead(byte[] bytes, Function<byte[], Object> reading) {
        try {
            return reading.apply(bytes) != null;
        } catch (MalformedException | PeerException refused) {
            return false;
        }
    }

    @Test
    void peerThatTalksNonsense_isBrokenOff_andTheOthersAreServed() {
        Rounds.run("calls of a peer", CALLS, seed -> {
            Mutator mutator = new Mutator(seed);
            try (RawPeer peer = new RawPeer(network.port())) {
                peer.handshake(SECRET, new byte[SharedSecretAuth.NONCE_BYTES]);
                List<byte[]> frames = new ArrayList<>();
                for (int i = mutator.random().nextInt(4); i >= 0; i--) {
                    frames.add(hostile(messages(seed + i), mutator));
                }
                RawPeer.End stream = peer.call(
                        PeerMethods.FOLLOW, new Metadata(), frames.toArray(new byte[0][]));
                assertThat(stream.status().getCode())
                        .isIn(Status.Code.OK, Status.Code.INVALID_ARGUMENT);
                RawPeer.End asked = peer.call(
                        PeerMethods.ASK, new Metadata(), hostile(questions(seed), mutator));
                assertThat(asked.status().getCode()).isEqualTo(Status.Code.OK);
                assertThat(asked.messages()).isEqualTo(1);
            }
            assertServed();
        });
    }

    @Test
    void strangerThatTalksNonsense_isNotLetIn_andTheOthersAreServed() {
        Rounds.run("calls of a stranger", CALLS, seed -> {
            Mutator mutator = new Mutator(seed);
            try (RawPeer stranger = new RawPeer(network.port())) {
                Metadata headers = new Metadata();
                headers.put(PeerMethods.PROTOCOL, PeerMethods.PROTOCOL_VERSION);
                headers.put(PeerMethods.CLUSTER, mutator.noise(40));
                headers.put(PeerMethods.NONCE, mutator.noise(2 * SharedSecretAuth.NONCE_BYTES));
                headers.put(PeerMethods.PROOF, mutator.noise(80));
                List<MethodDescriptor<?, ?>> calls = List.of(
                        PeerMethods.HELLO,
                        PeerMethods.PROVE,
                        PeerMethods.PING,
                        PeerMethods.FOLLOW,
                        PeerMethods.ASK);
                for (MethodDescriptor<?, ?> call : calls) {
                    RawPeer.End end = stranger.call(call, headers, mutator.noise(100));
                    assertThat(end.status().getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
                }
            }
            throwIn(mutator.noise(2_000));
            assertServed();
        });
    }

    private void throwIn(byte[] noise) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), network.port())) {
            socket.getOutputStream()
                    .write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
                            .getBytes(java.nio.charset.StandardCharsets.US_ASCII));
            socket.getOutputStream().write(noise);
        } catch (SocketException cut) {
            assertThat(cut).hasMessageMatching("(?s).*(reset|roken pipe|closed|abort).*");
        }
    }

    private void assertServed() {
        RawPeer.End end = sound.call(PeerMethods.PING, new Metadata());
        assertThat(end.status().isOk()).as("%s", end.status()).isTrue();
    }
}
