package io.lignum.server;

import io.lignum.cluster.peer.NodeAddress;
import io.lignum.record.IoErrors;
import io.lignum.server.access.Authorizer;
import io.lignum.server.access.SecurityMode;
import io.lignum.server.config.ClusterSettings;
import io.lignum.server.config.ServerConfig;
import io.lignum.server.grpc.GrpcServer;
import io.lignum.server.http.HttpServer;
import io.lignum.server.metrics.ClusterMetrics;
import io.lignum.server.metrics.NodeMetrics;
import io.lignum.server.metrics.StoreMetrics;
import io.lignum.server.service.Liveness;
import io.lignum.server.service.LogService;
import io.lignum.server.service.NodeThreads;
import io.lignum.server.service.ProtocolServer;
import io.lignum.server.service.Session;
import io.lignum.server.tls.TlsReloader;
import io.lignum.storage.LogStore;
import io.lignum.storage.StorageException;
import io.lignum.storage.StoreHealth;
import io.lignum.storage.env.Disk;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * A node, standalone or of a cluster, in its own process or inside another program:
 *
 * <pre>{@code
 * try (LignumNode node = LignumNode.start(ServerConfig.embedded(directory))) {
 *     // http://localhost:<node.httpPort()>/api/message
 * }
 * }</pre>
 *
 * <p>Thread-safe. After a failure it answers, but is never ready again; see {@link #failure()}.
 */
public final class LignumNode implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(LignumNode.class);

    /**
     * A leader transfer takes less. After this time the other nodes elect a leader by themselves.
     */
    private static final Duration MAX_LEAVE = Duration.ofSeconds(5);

    /** Limit for closing connections and ending threads, which wait for no client. */
    private static final Duration CUT_OFF = Duration.ofSeconds(10);

    private final ServerConfig config;
    private final ClusterFactory clusters;
    private final Disk disk;
    private final NodeMetrics metrics = new NodeMetrics(version());
    private final CompletableFuture<Throwable> failure = new CompletableFuture<>();
    private final StoreMetrics storeMetrics = new StoreMetrics(metrics.registry(), this::failed);
    private final LogService service;
    private final NodeAccess access;
    private final Authorizer authorizer;
    private @Nullable ReloadedFiles files;
    private @Nullable HttpServer http;
    private @Nullable GrpcServer grpc;
    private volatile @Nullable LogStore store;
    private volatile @Nullable RunningCluster cluster;
    private volatile @Nullable ClusterMetrics clusterMetrics;
    private volatile boolean closed;

    private LignumNode(ServerConfig config, ClusterFactory clusters) {
        this.config = config;
        this.clusters = clusters;
        this.disk = clusters.disk();
        this.access = new NodeAccess(config, metrics);
        this.service = new LogService(
                config.limits(), access.settings(), metrics, new NodeThreads(this::failed));
        metrics.observe(service);
        this.authorizer = access.authorizer(service);
    }

    /**
     * Starts a node and returns when it is ready. A cluster node is ready for committed reads
     * before it has found the other nodes. Throws StorageException if the data directory cannot be
     * opened, NodeStartException if a port cannot be bound, and ClusterStartException if the node
     * cannot join its cluster; nothing is left running.
     */
    public static LignumNode start(ServerConfig config) {
        return start(config, new SystemCluster());
    }

    /** The same, with a factory for the connections to the other nodes of a cluster. */
    public static LignumNode start(ServerConfig config, ClusterFactory clusters) {
        LignumNode node = new LignumNode(config, clusters);
        try {
            node.config.hints().forEach(LOG::warn);
            node.config.memory().ifPresent(LOG::info);
            StartNotice.log(config);
            node.startListenersAndOpen();
            node.ready();
        } catch (RuntimeException e) {
            node.close();
            throw e;
        }
        return node;
    }

    /**
     * Starts the HTTP listener first, so that a node with a long recovery answers health checks.
     * The gRPC listener mostly loads classes, which a second core does meanwhile.
     */
    private void startListenersAndOpen() {
        ReloadedFiles started = ReloadedFiles.start(config, service.threads(), metrics);
        files = started;
        Optional<TlsReloader> ofTls = started.tls();
        SecurityAlarms.addTo(service, config, ofTls);
        FutureTask<GrpcServer> grpcStart =
                new FutureTask<>(() -> GrpcServer.start(config, service, authorizer, ofTls));
        new Thread(grpcStart, "lignum-grpc-start").start();
        try {
            http = bind(() -> HttpServer.start(config, service, authorizer, ofTls, this::scrape));
            store = LogStore.open(config.dataDirectory(), config.store(storeMetrics), disk);
        } finally {
            // Also when the above failed, so that close() finds what is to be closed.
            grpc = bind(grpcStart::get);
        }
    }

    private <T> T bind(Callable<T> start) {
        try {
            return start.call();
        } catch (Exception e) {
            Throwable cause = e instanceof ExecutionException ? e.getCause() : e;
            throw new NodeStartException(
                    "a port cannot be bound on %s (server.port %d, server.grpc-port %d): %s"
                            .formatted(
                                    config.host(),
                                    config.httpPort(),
                                    config.grpcPort(),
                                    IoErrors.describe(cause)),
                    e);
        }
    }

    private void ready() {
        LogStore opened = Objects.requireNonNull(store, "the store is open by now");
        storeMetrics.observe(opened);
        service.liveness().watchWith(() -> stuck(opened.health()));
        NodeAddress listeners = new NodeAddress(config.advertisedHost(), 0, httpPort(), grpcPort());
        Optional<ClusterSettings> settings = config.cluster();
        if (settings.isPresent()) {
            join(opened, settings.get(), listeners);
        } else {
            String id = config.nodeId().orElse("standalone");
            service.opened(opened, config.dataDirectory(), id, listeners);
        }
        LOG.info(
                "Ready: HTTP on port {}, gRPC on port {}, {} topics in {}; try {}",
                httpPort(),
                grpcPort(),
                service.ownSession().topics().list().size(),
                config.dataDirectory(),
                FirstSteps.line(
                        config.host(),
                        httpPort(),
                        started(files).isTlsRequiredForHttp(),
                        config.access().mode() == SecurityMode.ON));
    }

    private static List<String> stuck(StoreHealth health) {
        if (!health.isStuck(Liveness.MAX_SILENCE)) {
            return List.of();
        }
        boolean tick = health.sinceTick().compareTo(Liveness.MAX_SILENCE) > 0;
        String what = tick
                ? "The background work of the store"
                : "The writer of topic " + health.slowestTopic().orElse("");
        Duration silence = tick ? health.sinceTick() : health.sinceWrite();
        return List.of(what + " has not moved for " + silence.toSeconds() + " s");
    }

    private void join(LogStore opened, ClusterSettings settings, NodeAddress listeners) {
        RunningCluster joined = RunningCluster.start(
                opened,
                started(files).spec(settings),
                new CountingFactory(clusters, metrics),
                disk,
                listeners);
        cluster = joined;
        joined.watchedBy(service.liveness());
        service.failures()
                .whenDone(
                        joined.failure(),
                        (cause, thrown) -> failed(NodeFailures.of(cause, thrown)));
        clusterMetrics = new ClusterMetrics(metrics.registry());
        service.opened(opened, config.dataDirectory(), joined.node());
        LOG.info(
                "In cluster {}, coordinated by Consul at {}, reached by others at {}:{}",
                settings.clusterName(),
                settings.consul(),
                listeners.host(),
                joined.internalPort());
    }

    private void failed(Throwable cause) {
        if (closed) {
            // It is ending already.
            LOG.debug("The node failed while it was closed", cause);
            return;
        }
        try {
            service.nodeFailed();
        } finally { // Also if one of those who are notified of it throws.
            end(cause);
        }
    }

    private void end(Throwable cause) {
        if (failure.complete(cause)) {
            LOG.error(
                    "{} failed: {}; no more messages are accepted",
                    cause instanceof StorageException ? "Storage" : "The node",
                    IoErrors.describe(cause),
                    cause);
        }
    }

    private Iterator<String> scrape() {
        LogStore open = store;
        if (open == null || !service.isReady()) {
            return metrics.scrape(List.of());
        }
        metrics.keepTopics(name -> open.findTopic(name).isPresent());
        ClusterMetrics ofCluster = clusterMetrics;
        if (ofCluster != null) {
            ofCluster.refresh(service);
        }
        return metrics.scrape(storeMetrics.ofTopics(open));
    }

    /**
     * Completes with a StorageException when the store failed (the disk, or a bug or lack of memory
     * in the engine), or when the node cannot continue in its cluster. Close the node then.
     */
    public CompletableFuture<Throwable> failure() {
        return failure.copy();
    }

    /** The port that is bound. */
    public int httpPort() {
        return started(http).port();
    }

    /** The port as bound. */
    public int grpcPort() {
        return started(grpc).port();
    }

    private static <T> T started(@Nullable T part) {
        return Optional.ofNullable(part)
                .orElseThrow(() -> new IllegalStateException("the node is not started"));
    }

    /** The calls that the listeners offer, for the program that embeds the node. */
    public Session session() {
        return service.ownSession();
    }

    /** The state and the limits of the node. */
    public LogService service() {
        return service;
    }

    /** The bound port for traffic between nodes; empty on a standalone node. */
    public OptionalInt internalPort() {
        RunningCluster joined = cluster;
        return joined == null ? OptionalInt.empty() : OptionalInt.of(joined.internalPort());
    }

    /**
     * Refuses new calls, answers those in flight, flushes, and releases the directory. A leader
     * first transfers its leadership while its listeners are still open: they serve reads and
     * forward writes to its successor.
     */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        RunningCluster joined = cluster;
        if (joined != null) {
            Duration drain = config.limits().drainTimeout();
            joined.leave(drain.compareTo(MAX_LEAVE) < 0 ? drain : MAX_LEAVE);
        }
        service.stopping();
        access.stopping();
        List<ProtocolServer> listeners = listeners();
        long deadline = System.nanoTime() + config.limits().drainTimeout().toNanos();
        for (ProtocolServer listener : listeners) {
            Duration left = Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
            BoundedStep.run(listener.protocol(), left.plus(CUT_OFF), () -> listener.drain(left));
        }
        release(listeners, joined, RunningCluster::close);
        LOG.info("Stopped");
    }

    /**
     * Stops immediately: cuts connections, answers nothing and transfers no leadership. Clients and
     * other nodes see what they would see if the process had died. Acknowledged data is kept as by
     * {@link #close}, as far as the disk works.
     */
    public synchronized void halt() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            release(listeners(), cluster, RunningCluster::halt);
        } catch (StorageException e) {
            LOG.debug("The store did not end well: {}", e.toString());
        }
        LOG.info("Halted");
    }

    private List<ProtocolServer> listeners() {
        return Stream.of(http, grpc).flatMap(Stream::ofNullable).toList();
    }

    private void release(
            List<ProtocolServer> listeners,
            @Nullable RunningCluster joined,
            Consumer<RunningCluster> end) {
        listeners.forEach(
                listener -> BoundedStep.run(listener.protocol(), CUT_OFF, listener::close));
        service.stopping();
        access.close();
        service.detach();
        ReloadedFiles started = files;
        if (started != null) {
            started.close();
        }
        try {
            if (joined != null) {
                BoundedStep.run("Cluster", CUT_OFF, () -> end.accept(joined));
            }
            LogStore open = store;
            if (open != null) {
                open.close();
            }
        } finally {
            service.close();
        }
    }

    /** The version of the jar; "dev" when the node runs from classes. */
    static String version() {
        String version = LignumNode.class.getPackage().getImplementationVersion();
        return version == null ? "dev" : version;
    }
}
