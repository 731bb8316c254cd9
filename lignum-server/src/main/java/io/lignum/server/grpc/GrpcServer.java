package io.lignum.server.grpc;

import io.grpc.BindableService;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.ServerCredentials;
import io.grpc.ServerServiceDefinition;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.handler.ssl.ClientAuth;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import io.lignum.api.LignumClusterGrpc;
import io.lignum.api.LignumGrpc;
import io.lignum.api.LignumLogGrpc;
import io.lignum.api.LignumSecurityGrpc;
import io.lignum.cluster.transport.FirstByteNegotiator;
import io.lignum.cluster.transport.HandshakeThreads;
import io.lignum.cluster.transport.Http2Tls;
import io.lignum.cluster.transport.SocketTransport;
import io.lignum.server.access.Authorizer;
import io.lignum.server.config.Limits;
import io.lignum.server.config.ServerConfig;
import io.lignum.server.service.LogService;
import io.lignum.server.service.ProtocolServer;
import io.lignum.server.tls.CipherSuites;
import io.lignum.server.tls.TlsConfig;
import io.lignum.server.tls.TlsMode;
import io.lignum.server.tls.TlsReloader;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The gRPC listener: the services of the wire contract, health and reflection, on one port. Created
 * by {@link #start}. Any thread.
 */
public final class GrpcServer implements ProtocolServer {

    /** Open calls of one connection; clients hold back further ones. */
    private static final int MAX_CALLS_PER_CONNECTION = 128;

    /** Bytes that one call may have sent and the node has not read. */
    private static final int FLOW_CONTROL_WINDOW = 1024 * 1024;

    private static final int LEAST_WINDOW = 64 * 1024;

    private static final int MAX_HEADER_BYTES = 16 * 1024;

    /**
     * Calls that one connection may reset in a second. Above it the connection ends, because a
     * reset costs the node far more than the client (CVE-2023-44487). A client whose calls all
     * reach their deadlines stays below.
     */
    private static final int MAX_RESETS_PER_SECOND = 1_000;

    private static final Duration CUT_OFF = Duration.ofSeconds(5);

    private final Server server;
    private final GrpcThreads threads;
    private final HandshakeThreads handshakes;
    private final OpenStreams streams;
    private final HealthStatusManager health;
    private final List<EventLoopGroup> loops;
    private final AtomicBoolean notServing = new AtomicBoolean();

    private GrpcServer(
            ServerConfig config,
            LogService service,
            Authorizer authorizer,
            Optional<TlsReloader> tls)
            throws IOException {
        Limits limits = config.limits();
        QuietTransport.install();
        loops = List.of(
                SocketTransport.loops("lignum-grpc-accept", 1),
                SocketTransport.loops("lignum-grpc-loop", 0));
        threads = new GrpcThreads(loops.get(1), limits, service.threads());
        handshakes = new HandshakeThreads(service.threads().named("lignum-grpc-tls"));
        service.liveness().watch("The timer of gRPC calls", threads.timer());
        streams = new OpenStreams(service);
        health = new HealthStatusManager();
        server = build(config, service, authorizer, tls);
        try {
            server.start();
        } catch (IOException | RuntimeException failed) {
            releaseThreads();
            throw failed;
        }
        service.onReadiness(this::setReady);
    }

    /**
     * Binds the port and serves.
     *
     * @param authorizer decides who is served
     * @param tls the key and certificate, if any listener uses TLS
     * @throws IOException the port cannot be bound
     */
    public static GrpcServer start(
            ServerConfig config,
            LogService service,
            Authorizer authorizer,
            Optional<TlsReloader> tls)
            throws IOException {
        return new GrpcServer(config, service, authorizer, tls);
    }

    private ServerCredentials credentials(Optional<TlsReloader> tls) {
        return tls.filter(reloader -> reloader.config().grpc().mode() != TlsMode.OFF)
                .map(this::credentials)
                .orElseGet(InsecureServerCredentials::create);
    }

    private ServerCredentials credentials(TlsReloader tls) {
        TlsConfig config = tls.config();
        ClientAuth clientAuth = switch (config.grpc().clientAuth()) {
            case NONE -> ClientAuth.NONE;
            case OPTIONAL -> ClientAuth.OPTIONAL;
            case REQUIRED -> ClientAuth.REQUIRE;
        };
        return FirstByteNegotiator.credentials(
                Http2Tls.ofListener(
                        () -> tls.current().context(),
                        clientAuth,
                        config.minVersion().protocols(),
                        CipherSuites.NAMES),
                config.grpc().mode() == TlsMode.OPTIONAL,
                handshakes);
    }

    private Server build(
            ServerConfig config,
            LogService service,
            Authorizer authorizer,
            Optional<TlsReloader> tls) {
        Limits limits = config.limits();
        ConnectionLimit limit = new ConnectionLimit(
                limits.maxConnections(),
                Math.max(limits.readMaxBytes(), limits.maxBytesInFlight() / 8),
                threads);
        NettyServerBuilder builder = NettyServerBuilder.forAddress(
                        new InetSocketAddress(config.host(), config.grpcPort()), credentials(tls))
                .channelFactory(limit::listener)
                .bossEventLoopGroup(loops.get(0))
                .workerEventLoopGroup(loops.get(1))
                .executor(threads.calls())
                .callExecutor(new CallExecutors())
                .addStreamTracerFactory(new ArrivingBytes.Factory(service, threads))
                .addTransportFilter(limit);
        limit(builder, limits);
        CheckedRequests checks = new CheckedRequests(limits.requestMaxBytes());
        for (BindableService bound : List.of(
                new OriginalGrpcService(service, threads),
                new LogGrpcService(service, threads, streams),
                new ClusterGrpcService(service, threads),
                new SecurityGrpcService(threads),
                health.getHealthService(),
                ProtoReflectionServiceV1.newInstance())) {
            ServerServiceDefinition bare = bound.bindService();
            bare.getMethods().forEach(method -> MethodOperations.of(method.getMethodDescriptor()));
            builder.addService(ServiceDefinitions.of(bare, checks));
        }
        // The last one added is the first to see a call.
        return builder.intercept(new CallLimit(service))
                .intercept(new SlowRequests(limits.slowClientTimeout(), threads))
                .intercept(new AccessInterceptor(service, threads, authorizer))
                .intercept(limit)
                .intercept(new CallFailures(service.failures()))
                .build();
    }

    private static void limit(NettyServerBuilder builder, Limits limits) {
        builder.maxConcurrentCallsPerConnection(MAX_CALLS_PER_CONNECTION)
                .flowControlWindow(flowControlWindow(limits))
                .maxInboundMessageSize(limits.requestMaxBytes())
                .maxInboundMetadataSize(MAX_HEADER_BYTES)
                .maxRstFramesPerWindow(MAX_RESETS_PER_SECOND, 1)
                .handshakeTimeout(limits.slowClientTimeout().toMillis(), TimeUnit.MILLISECONDS)
                .maxConnectionIdle(limits.idleTimeout().toMillis(), TimeUnit.MILLISECONDS)
                .keepAliveTime(limits.idleTimeout().toMillis(), TimeUnit.MILLISECONDS)
                .keepAliveTimeout(limits.slowClientTimeout().toMillis(), TimeUnit.MILLISECONDS)
                .permitKeepAliveTime(5, TimeUnit.SECONDS)
                .permitKeepAliveWithoutCalls(true);
    }

    /** A share of the memory for requests, because each connection may fill its window. */
    private static int flowControlWindow(Limits limits) {
        long share = limits.maxBytesInFlight() / 64;
        return (int) Math.max(LEAST_WINDOW, Math.min(share, FLOW_CONTROL_WINDOW));
    }

    private void setReady(boolean ready) {
        ServingStatus status = ready ? ServingStatus.SERVING : ServingStatus.NOT_SERVING;
        health.setStatus(HealthStatusManager.SERVICE_NAME_ALL_SERVICES, status);
        health.setStatus(LignumGrpc.SERVICE_NAME, status);
        health.setStatus(LignumLogGrpc.SERVICE_NAME, status);
        health.setStatus(LignumClusterGrpc.SERVICE_NAME, status);
        health.setStatus(LignumSecurityGrpc.SERVICE_NAME, status);
    }

    /** The services with all methods that are served. */
    List<ServerServiceDefinition> services() {
        return server.getImmutableServices();
    }

    @Override
    public String protocol() {
        return "gRPC";
    }

    @Override
    public int port() {
        return server.getPort();
    }

    @Override
    public void drain(Duration atMost) {
        becomeNotServing();
        server.shutdown();
        streams.stopAll();
        awaitEnd(atMost);
    }

    @Override
    public void close() {
        becomeNotServing();
        server.shutdownNow();
        streams.stopAll();
        // The transport still tells the calls that they are over, on the threads that end next.
        awaitEnd(CUT_OFF);
        releaseThreads();
    }

    private void awaitEnd(Duration atMost) {
        try {
            server.awaitTermination(atMost.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Health checks fail from now on, so that no client is sent to this node while the listener
     * drains.
     */
    private void becomeNotServing() {
        if (notServing.compareAndSet(false, true)) {
            health.enterTerminalState();
        }
    }

    private void releaseThreads() {
        threads.close(CUT_OFF);
        handshakes.close();
        for (EventLoopGroup group : loops) {
            var unused = group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        }
    }
}
