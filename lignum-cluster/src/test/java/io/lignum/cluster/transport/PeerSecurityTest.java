package io.lignum.cluster.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.lignum.cluster.peer.Member;
import io.lignum.cluster.peer.Message;
import io.lignum.cluster.peer.Network;
import io.lignum.cluster.peer.NodeAddress;
import io.lignum.cluster.peer.PeerException;
import io.lignum.cluster.peer.PeerRequest;
import io.lignum.cluster.peer.PeerResponse;
import io.lignum.cluster.peer.PeerService;
import io.lignum.cluster.peer.PeerStream;
import io.lignum.cluster.peer.PeerStreamReceiver;
import io.lignum.cluster.peer.RecordingReceiver;
import io.lignum.cluster.peer.Waiting;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Who gets through to a node, and to whom a node talks (R12). */
final class PeerSecurityTest {

    private static final PeerSecurity SECRET =
            new PeerSecurity(Optional.of("a secret of the tests"), "test");
    private static final PeerSecurity OTHER_SECRET =
            new PeerSecurity(Optional.of("another secret"), "test");
    private static final PeerSecurity OTHER_CLUSTER =
            new PeerSecurity(Optional.of("a secret of the tests"), "prod");
    private static final PeerSecurity NONE = new PeerSecurity(Optional.empty(), "test");
    private static final Member ME = new Member("me", new UUID(1, 2));
    private static final PeerRequest QUESTION = new PeerRequest.LogEndRequest(ME, 1);

    private final List<AutoCloseable> open = new ArrayList<>();
    private final AtomicInteger reached = new AtomicInteger();

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable one : open) {
            one.close();
        }
    }

    private GrpcNetwork start(PeerSecurity security) throws IOException {
        GrpcNetwork network = GrpcNetwork.start(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                security,
                Optional.empty(),
                1 << 20,
                failure -> {});
        open.add(network);
        return network;
    }

    private GrpcNetwork serve(PeerSecurity security) throws IOException {
        GrpcNetwork network = start(security);
        network.serve(new PeerService() {
            @Override
            public PeerStreamReceiver accept(PeerStream stream) {
                reached.incrementAndGet();
                return RecordingReceiver.quick();
            }

            @Override
            public CompletableFuture<PeerResponse> answer(PeerRequest question) {
                reached.incrementAndGet();
                return CompletableFuture.completedFuture(new PeerResponse.Done());
            }
        });
        return network;
    }

    private RawPeer raw(Network server) {
        RawPeer raw = new RawPeer(server.port());
        open.add(raw);
        return raw;
    }

    private static NodeAddress address(int port) {
        return new NodeAddress("127.0.0.1", port, 0, 0);
    }

    private static Object outcome(Network asking, int port) throws Exception {
        return asking.ask(address(port), QUESTION, Duration.ofSeconds(10))
                .handle((answer, failure) -> failure == null ? (Object) answer : failure)
                .get(20, TimeUnit.SECONDS);
    }

    private static boolean isUnreachable(Object outcome) {
        return outcome instanceof PeerException failure
                && failure.code().equals(PeerException.UNREACHABLE);
    }

    private void assertRefused(PeerSecurity client, PeerSecurity server) throws Exception {
        Network asking = start(client);
        Network asked = serve(server);
        Object outcome = outcome(asking, asked.port());
        // On a machine that is too busy for the handshake's limit nothing was refused yet: it is
        // not reached.
        for (int i = 0; i < 4 && isUnreachable(outcome); i++) {
            outcome = outcome(asking, asked.port());
        }
        assertThat(outcome).isInstanceOfSatisfying(PeerException.class, failure -> {
            assertThat(failure.code()).isEqualTo(PeerException.NOT_AUTHENTICATED);
            assertThat(failure.isUnknown()).isFalse();
        });
        RecordingReceiver ear = RecordingReceiver.quick();
        asking.connect(address(asked.port()), ear).send(new Message.Alive(1, 1));
        Waiting.until("closed", Duration.ofSeconds(10), ear::isClosed);
        assertThat(reached).hasValue(0);
    }

    @Test
    void wrongSecret_isRefused() throws Exception {
        assertRefused(OTHER_SECRET, SECRET);
    }

    @Test
    void missingSecret_isRefused() throws Exception {
        assertRefused(NONE, SECRET);
    }

    @Test
    void secretWhereNoneIsKnown_isRefused() throws Exception {
        assertRefused(SECRET, NONE);
    }

    @Test
    void anotherCluster_isRefusedWithTheSameSecret() throws Exception {
        assertRefused(OTHER_CLUSTER, SECRET);
    }

    @Test
    void noSecret_isEnoughOnLoopback() throws Exception {
        assertThat(outcome(start(NONE), serve(NONE).port())).isEqualTo(new PeerResponse.Done());
    }

    @Test
    void noSecretAndAnotherMachine_isNotEvenTried() throws Exception {
        Object outcome = start(NONE)
                .ask(new NodeAddress("192.0.2.1", 7, 0, 0), QUESTION, Duration.ofSeconds(10))
                .handle((answer, failure) -> failure == null ? (Object) answer : failure)
                .get(20, TimeUnit.SECONDS);
        assertThat(outcome)
                .isInstanceOfSatisfying(
                        PeerException.class,
                        failure -> assertThat(failure.isUnknown()).isFalse());
        assertThat((PeerException) outcome).hasMessageContaining("without a secret");
    }

    @Test
    void addresses_areLoopbackOrNeedASecret() throws Exception {
        InetSocketAddress far =
                new InetSocketAddress(InetAddress.getByAddress(new byte[] {10, 0, 0, 1}), 7);
        InetSocketAddress near = new InetSocketAddress(InetAddress.getLoopbackAddress(), 7);
        assertThat(AcceptFilter.objection(true, far)).contains("10.0.0.1", "secret");
        assertThat(AcceptFilter.objection(false, far)).isNull();
        assertThat(AcceptFilter.objection(true, near)).isNull();
    }

    @Test
    void blankSecret_isRefused() {
        assertThatThrownBy(() -> new PeerSecurity(Optional.of(" "), "test"))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(SECRET.toString()).doesNotContain("a secret of");
    }

    // ---- clients that do not keep to the rules

    @Test
    void callsWithoutAHandshake_areRefusedUnread() throws Exception {
        RawPeer raw = raw(serve(SECRET));
        byte[] question = PeerRequestCodec.encode(QUESTION).toByteArray();
        assertThat(raw.call(PeerMethods.ASK, new Metadata(), question).status().getCode())
                .isEqualTo(Status.Code.UNAUTHENTICATED);
        assertThat(raw.call(PeerMethods.FOLLOW, new Metadata(), new byte[] {1, 2, 3})
                        .status()
                        .getCode())
                .isEqualTo(Status.Code.UNAUTHENTICATED);
        assertThat(raw.call(PeerMethods.PING, new Metadata()).status().getCode())
                .isEqualTo(Status.Code.UNAUTHENTICATED);
        assertThat(reached).hasValue(0);
    }

    @Test
    void handshakeByHand_opensTheListenerForItsConnectionOnly() throws Exception {
        GrpcNetwork server = serve(SECRET);
        RawPeer raw = raw(server);
        raw.handshake(SECRET, new SharedSecretAuth(SECRET).nonce());
        byte[] question = PeerRequestCodec.encode(QUESTION).toByteArray();
        assertThat(raw.call(PeerMethods.ASK, new Metadata(), question).messages())
                .isEqualTo(1);
        assertThat(raw(server)
                        .call(PeerMethods.ASK, new Metadata(), question)
                        .status()
                        .getCode())
                .isEqualTo(Status.Code.UNAUTHENTICATED);
    }

    @Test
    void replayedProof_isRefused() throws Exception {
        GrpcNetwork server = serve(SECRET);
        byte[] nonce = new SharedSecretAuth(SECRET).nonce();
        byte[] proof = raw(server).handshake(SECRET, nonce);
        RawPeer second = raw(server);
        assertThat(second.hello("test", nonce).status().isOk()).isTrue();
        assertThat(second.prove(proof).status().getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
    }

    @Test
    void serversOwnProof_doesNotProveTheClient() throws Exception {
        RawPeer raw = raw(serve(SECRET));
        RawPeer.End hello = raw.hello("test", new SharedSecretAuth(SECRET).nonce());
        byte[] proof = hello.trailers().get(PeerMethods.PROOF);
        assertThat(proof).hasSize(32);
        assertThat(raw.prove(proof).status().getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
    }

    @Test
    void challenge_isGoodForOneAttempt() throws Exception {
        RawPeer raw = raw(serve(SECRET));
        SharedSecretAuth auth = new SharedSecretAuth(SECRET);
        byte[] nonce = auth.nonce();
        byte[] theirs = raw.hello("test", nonce).trailers().get(PeerMethods.NONCE);
        assertThat(theirs).isNotNull();
        raw.prove(new byte[32]);
        byte[] right = auth.prove(
                SharedSecretAuth.Side.CLIENT,
                new SharedSecretAuth.Challenge(nonce, theirs, new byte[0]));
        assertThat(raw.prove(right).status().getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
        assertThat(raw.hello("test", nonce).status().getCode())
                .isEqualTo(Status.Code.UNAUTHENTICATED);
    }

    @Test
    void oddHello_isRefused() throws Exception {
        RawPeer raw = raw(serve(SECRET));
        assertThat(raw.hello("test", new byte[3]).status().getCode())
                .isEqualTo(Status.Code.UNAUTHENTICATED);
        assertThat(raw.call(PeerMethods.HELLO, new Metadata()).status().getCode())
                .isEqualTo(Status.Code.UNAUTHENTICATED);
        assertThat(raw.call(PeerMethods.PROVE, new Metadata()).status().getCode())
                .isEqualTo(Status.Code.UNAUTHENTICATED);
    }

    // ---- servers that do not

    @Test
    void serverWithoutTheSecret_getsNothingButANonce() throws Exception {
        List<String> called = new CopyOnWriteArrayList<>();
        ServerCallHandler<Wire.Nothing, Wire.Nothing> liar = (call, headers) -> {
            called.add(call.getMethodDescriptor().getBareMethodName());
            Metadata answer = new Metadata();
            answer.put(PeerMethods.NONCE, new byte[32]);
            answer.put(PeerMethods.PROOF, new byte[32]);
            call.close(Status.OK, answer);
            return new ServerCall.Listener<>() {};
        };
        Server server = NettyServerBuilder.forAddress(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .addService(ServerServiceDefinition.builder(PeerMethods.SERVICE)
                        .addMethod(PeerMethods.HELLO, liar)
                        .addMethod(PeerMethods.PROVE, liar)
                        .build())
                .build()
                .start();
        open.add(server::shutdownNow);

        assertThat(outcome(start(SECRET), server.getPort()))
                .isInstanceOfSatisfying(
                        PeerException.class,
                        failure -> assertThat(failure.code())
                                .isEqualTo(PeerException.NOT_AUTHENTICATED));
        assertThat(called).containsExactly("Hello");
    }

    // ---- bytes that are not of the protocol

    @Test
    void garbageOnThePort_harmsNoPeer() throws Exception {
        long seed = Long.getLong("lignum.seed", 1);
        System.out.println("PeerSecurityTest seed " + seed);
        Random random = new Random(seed);
        GrpcNetwork server = serve(SECRET);
        for (int i = 0; i < 20; i++) {
            byte[] garbage = new byte[1 + random.nextInt(5_000)];
            random.nextBytes(garbage);
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
                socket.getOutputStream().write(garbage);
            } catch (SocketException closedAlready) {
                // As it should be.
            }
        }
        assertThat(outcome(start(SECRET), server.port())).isEqualTo(new PeerResponse.Done());
    }

    @Test
    void brokenMessagesOfAPeer_areRefusedByName() throws Exception {
        long seed = Long.getLong("lignum.seed", 1);
        System.out.println("PeerSecurityTest seed " + seed);
        Random random = new Random(seed);
        GrpcNetwork server = serve(SECRET);
        RawPeer raw = raw(server);
        raw.handshake(SECRET, new SharedSecretAuth(SECRET).nonce());
        for (int i = 0; i < 50; i++) {
            byte[] garbage = new byte[1 + random.nextInt(100)];
            random.nextBytes(garbage);
            garbage[0] = (byte) 0xff; // No field has such a tag.
            assertThat(raw.call(PeerMethods.FOLLOW, new Metadata(), garbage)
                            .status()
                            .getCode())
                    .isEqualTo(Status.Code.INVALID_ARGUMENT);
            assertThat(raw.call(PeerMethods.ASK, new Metadata(), garbage).messages())
                    .isEqualTo(1);
        }
        byte[] noKind = new byte[0];
        assertThat(raw.call(PeerMethods.FOLLOW, new Metadata(), noKind).status().getCode())
                .isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(raw.call(PeerMethods.ASK, new Metadata(), noKind).messages()).isEqualTo(1);
        assertThat(reached).hasValue(51); // Streams are accepted before something is said on them.
        byte[] tooLarge = new byte[3 << 20];
        assertThat(raw.call(PeerMethods.ASK, new Metadata(), tooLarge).status().isOk())
                .isFalse();
        assertThat(raw.call(PeerMethods.PING, new Metadata()).status().isOk()).isTrue();
    }

    @Test
    void silentSocket_isClosedAfterAWhile() throws Exception {
        GrpcNetwork server = serve(SECRET);
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.setSoTimeout(15_000);
            drain(socket);
        }
    }

    @Test
    void moreSocketsThanAllowed_areClosedAtOnce() throws Exception {
        GrpcNetwork server = serve(SECRET);
        List<Socket> sockets = new ArrayList<>();
        try {
            for (int i = 0; i < 256; i++) {
                sockets.add(new Socket(InetAddress.getLoopbackAddress(), server.port()));
            }
            Socket last = new Socket(InetAddress.getLoopbackAddress(), server.port());
            sockets.add(last);
            last.setSoTimeout(4_000);
            drain(last);
        } finally {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }

    /** Reads to the end, or to a reset; fails if neither comes within the socket's time-out. */
    private static void drain(Socket socket) throws IOException {
        try {
            socket.getInputStream().readAllBytes();
        } catch (SocketException reset) {
            // The end as well.
        }
    }
}
