package io.lignum.cluster.transport;

import io.grpc.DecompressorRegistry;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.ServerCredentials;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.util.concurrent.DefaultThreadFactory;
import io.lignum.cluster.Loop;
import io.lignum.cluster.peer.Network;
import io.lignum.cluster.peer.NodeAddress;
import io.lignum.cluster.peer.PeerException;
import io.lignum.cluster.peer.PeerRequest;
import io.lignum.cluster.peer.PeerResponse;
import io.lignum.cluster.peer.PeerService;
import io.lignum.cluster.peer.PeerStream;
import io.lignum.cluster.peer.PeerStreamReceiver;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * The network between nodes over gRPC, on a port and threads of its own. On each connection both
 * sides first prove that they know the {@linkplain PeerSecurity secret}; see
 * {@code internal.proto}.
 *
 * <p>Bytes to send are not copied before they are written, so they must not change any more.
 * Received bytes are read-only. Any thread may call.
 */
public final class GrpcNetwork implements Network {

    /** Bytes that one call may send before they are read. */
    static final int FLOW_CONTROL_WINDOW = 1 << 20;

    /** A stream with more bytes than this to be written is not writable. */
    static final int ON_READY_BYTES = 1 << 20;

    static final int MAX_METADATA_BYTES = 8 * 1024;

    /**
     * In a message, besides one batch of the largest size: further batches, or the producer states
     * of a topic, up to 1 MiB, and the fields.
     */
    private static final int HEADROOM_BYTES = (1 << 20) + 64 * 1024;

    private static final int MAX_CONNECTIONS = 256;
    private static final int MAX_CALLS_PER_CONNECTION = 1024;

    /**
     * A connection with more resets is closed, because strangers may connect too (CVE-2023-44487).
     * Above the number of calls that a peer has open.
     */
    private static final int MAX_RESETS_PER_SECOND = 4 * MAX_CALLS_PER_CONNECTION;

    /** One, because it also runs the node loop: see {@link #nodeLoop}. */
    private static final int THREADS = 1;

    private static final Duration TIME_TO_PROVE = Duration.ofSeconds(3);
    private static final Duration CUT_OFF = Duration.ofSeconds(2);

    private final int maxMessageBytes;
    private final Consumer<Throwable> onFailure;
    private final EventLoopGroup loops;
    private final HandshakeThreads handshakes =
            new HandshakeThreads(new DefaultThreadFactory("lignum-cluster-tls", true));

    private final PeerGrpcService listener;
    private final PeerConnections connections;
    private final Server server;

    private GrpcNetwork(
            InetSocketAddress listen,
            PeerSecurity security,
            Optional<PeerTls> tls,
            int maxBatchBytes,
            Consumer<Throwable> onFailure)
            throws IOException {
        this.onFailure = onFailure;
        maxMessageBytes = Math.addExact(maxBatchBytes, HEADROOM_BYTES);
        loops = SocketTransport.loops("lignum-cluster", THREADS);
        listener = new PeerGrpcService(maxMessageBytes, this::loop, onFailure);
        connections = new PeerConnections(
                security,
                tls.filter(PeerTls::isSpoken).map(PeerTls::ofClient),
                maxMessageBytes,
                loops);
        server = server(listen, security, credentials(tls));
        try {
            server.start();
        } catch (IOException | RuntimeException failed) {
            releaseThreads();
            throw failed;
        }
    }

    /**
     * Binds the port. Peers are refused until {@link #serve}.
     *
     * @param listen where; port 0 takes a free one
     * @param tls empty: connections without TLS only
     * @param maxBatchBytes of the batches in one message; all nodes should agree on it
     * @param onFailure called when a receiver fails to handle the end of its stream
     * @throws IOException the port cannot be bound
     */
    public static GrpcNetwork start(
            InetSocketAddress listen,
            PeerSecurity security,
            Optional<PeerTls> tls,
            int maxBatchBytes,
            Consumer<Throwable> onFailure)
            throws IOException {
        return new GrpcNetwork(listen, security, tls, maxBatchBytes, onFailure);
    }

    private ServerCredentials credentials(Optional<PeerTls> tls) {
        return tls.filter(given -> given.mode() != PeerTls.Mode.OFF)
                .map(given -> FirstByteNegotiator.credentials(
                        given.ofListener(), given.isPlainAccepted(), handshakes))
                .orElseGet(InsecureServerCredentials::create);
    }

    private Server server(
            InetSocketAddress listen, PeerSecurity security, ServerCredentials credentials) {
        SharedSecretAuth auth = new SharedSecretAuth(security);
        AcceptFilter acceptFilter =
                new AcceptFilter(MAX_CONNECTIONS, security.isLoopbackOnly(), TIME_TO_PROVE, auth);
        return NettyServerBuilder.forAddress(listen, credentials)
                .channelFactory(acceptFilter::listener)
                .bossEventLoopGroup(loops)
                .workerEventLoopGroup(loops)
                .directExecutor()
                .addTransportFilter(acceptFilter)
                .addService(listener.definition())
                .intercept(new HandshakeInterceptor(auth))
                .decompressorRegistry(DecompressorRegistry.emptyInstance())
                .maxConcurrentCallsPerConnection(MAX_CALLS_PER_CONNECTION)
                .flowControlWindow(FLOW_CONTROL_WINDOW)
                .maxInboundMessageSize(maxMessageBytes)
                .maxInboundMetadataSize(MAX_METADATA_BYTES)
                .maxRstFramesPerWindow(MAX_RESETS_PER_SECOND, 1)
                .handshakeTimeout(TIME_TO_PROVE.toMillis(), TimeUnit.MILLISECONDS)
                .build();
    }

    /** Runs callbacks of peers' streams and requests; also after the network is closed. */
    private Executor loop() {
        Executor next = loops.next();
        return task -> {
            try {
                next.execute(task);
            } catch (RejectedExecutionException closed) {
                ForkJoinPool.commonPool().execute(task);
            }
        };
    }

    /**
     * A loop for the node on the thread of this network; closing the network ends it. A node whose
     * loop runs elsewhere works as well, with a hand-over between threads for each message.
     *
     * @param onFailure called on the node loop, at most once, with what a task threw; must not
     *     block
     */
    public Loop nodeLoop(Consumer<Throwable> onFailure) {
        return new NetworkLoop(loops.next(), onFailure);
    }

    @Override
    public void serve(PeerService service) {
        listener.serve(service);
    }

    @Override
    public int port() {
        return server.getPort();
    }

    @Override
    public PeerStream connect(NodeAddress to, PeerStreamReceiver receiver) {
        OutboundStream stream = new OutboundStream(
                to.host() + ":" + to.internalPort(), maxMessageBytes, loop(), onFailure);
        stream.listen(receiver);
        PeerConnection connection = connections.take(to);
        if (connection == null) {
            stream.breakOff("the network is closed here", null);
            return stream;
        }
        AtomicBoolean inUse = new AtomicBoolean(true);
        Runnable finished = () -> {
            if (inUse.compareAndSet(true, false)) {
                connections.release(connection);
            }
        };
        var unused = connection.proved().whenComplete((proved, failure) -> {
            if (failure == null) {
                open(stream, connection, finished);
            } else {
                finished.run();
                stream.breakOff(String.valueOf(failure.getMessage()), failure);
            }
        });
        return stream;
    }

    private static void open(OutboundStream stream, PeerConnection connection, Runnable finished) {
        try {
            stream.open(connection, finished);
        } catch (Throwable bug) { // No other code would see it.
            finished.run();
            stream.breakOff("failed: " + bug, bug);
            throw bug;
        }
    }

    @Override
    public CompletableFuture<PeerResponse> ask(
            NodeAddress to, PeerRequest question, Duration timeout) {
        Wire.AskRequest request = PeerRequestCodec.encode(question);
        if (request.getSerializedSize() > maxMessageBytes) {
            return CompletableFuture.failedFuture(new PeerException(
                    TransportErrors.INTERNAL,
                    false,
                    "a request of " + request.getSerializedSize() + " bytes where peers take "
                            + maxMessageBytes,
                    null));
        }
        UnaryPeerCall asking = new UnaryPeerCall(connections, to, request, timeout);
        asking.begin();
        if (!asking.isOnItsWay()) {
            try {
                var unused =
                        loops.schedule(asking::timeOut, timeout.toNanos(), TimeUnit.NANOSECONDS);
            } catch (RejectedExecutionException closed) {
                asking.timeOut();
            }
        }
        return asking.answer();
    }

    @Override
    public void close() {
        server.shutdownNow();
        connections.close(CUT_OFF);
        // The transport still ends the calls, on threads that end next.
        try {
            server.awaitTermination(CUT_OFF.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        releaseThreads();
    }

    private void releaseThreads() {
        handshakes.close();
        var unused = loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
}
