package io.lignum.server.http;

import io.javalin.Javalin;
import io.javalin.compression.CompressionStrategy;
import io.javalin.config.JavalinConfig;
import io.lignum.server.access.Authorizer;
import io.lignum.server.config.Limits;
import io.lignum.server.config.ServerConfig;
import io.lignum.server.service.LogService;
import io.lignum.server.service.ProtocolServer;
import io.lignum.server.tls.TlsMode;
import io.lignum.server.tls.TlsReloader;

import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.Collections;
import java.util.Iterator;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The HTTP listener: Javalin on Jetty, behind {@link RequestFilter}. The node creates it with
 * {@link #start} and stops it with {@link #drain}. Any thread.
 */
public final class HttpServer implements ProtocolServer {

    private static final int MAX_THREADS = 48;
    private static final int LEAST_THREADS = 8;

    /**
     * Memory that a reading thread may use beyond what is accounted for: a batch and its buffers.
     */
    private static final long HEAP_PER_THREAD = 8L << 20;

    private static final int ACCEPT_QUEUE = 1_024;

    /** Time between attempts to accept a connection while the process has no free file handle. */
    private static final Duration ACCEPT_PAUSE = Duration.ofSeconds(1);

    /** Space for a key of {@link TopicRoutes#MAX_KEY_BYTES} in base64, and all other headers. */
    private static final int RESPONSE_HEADER_BYTES = 16 * 1024;

    private final ServerConfig config;
    private final Optional<TlsReloader> tls;
    private final Limits limits;
    private final LogService service;
    private final HttpExecutors work;
    private final Routes routes;
    private final RequestFilter filter;
    private final ConnectionGuard connections;
    private final HttpTimer scheduler;
    private final UninterruptedThreads threads;
    private final Javalin javalin;
    private @Nullable ServerConnector connector;
    private volatile int port;

    private HttpServer(
            ServerConfig config,
            LogService service,
            Authorizer authorizer,
            Optional<TlsReloader> tls,
            Supplier<Iterator<String>> metrics) {
        this.config = config;
        this.tls = tls.filter(reloader -> reloader.config().http().mode() != TlsMode.OFF);
        this.limits = config.limits();
        this.service = service;
        this.scheduler = new HttpTimer(service.failures());
        this.threads = new UninterruptedThreads(threadsForHeap(), service.failures());
        this.work = new HttpExecutors(
                threads, service.threads().named("lignum-http-answers"), service.failures());
        this.routes = new Routes(service, metrics, work);
        this.connections = new ConnectionGuard(limits, scheduler);
        this.filter = new RequestFilter(
                service, connections, new HttpAccess(authorizer, routes.all()), threads);
        this.tls
                .filter(reloader -> reloader.config().http().mode() == TlsMode.REQUIRED)
                .ifPresent(required -> filter.requireTls());
        this.javalin = Javalin.create(this::configure);
    }

    /**
     * Binds the port and serves requests. Throws io.javalin.util.JavalinBindException if the port
     * is in use.
     *
     * @param authorizer decides which requests are served
     * @param tls the key and certificate, if any listener uses TLS
     * @param metrics the text for Prometheus, in pieces
     */
    public static HttpServer start(
            ServerConfig config,
            LogService service,
            Authorizer authorizer,
            Optional<TlsReloader> tls,
            Supplier<Iterator<String>> metrics) {
        HttpServer listener = new HttpServer(config, service, authorizer, tls, metrics);
        listener.javalin.start();
        listener.connections.start();
        listener.port = listener.javalin.port();
        return listener;
    }

    private static int threadsForHeap() {
        long fitting = Runtime.getRuntime().maxMemory() / HEAP_PER_THREAD;
        return (int) Math.max(LEAST_THREADS, Math.min(fitting, MAX_THREADS));
    }

    /** The routes without a server, for the test that compares them with openapi.yaml. */
    static Routes routesOf(LogService service) {
        return new Routes(
                service,
                Collections::emptyIterator,
                new HttpExecutors(
                        Runnable::run,
                        service.threads().named("lignum-http-answers"),
                        service.failures()));
    }

    private void configure(JavalinConfig javalinConfig) {
        javalinConfig.startup.showJavalinBanner = false;
        javalinConfig.startup.startupWatcherEnabled = false;
        javalinConfig.startup.showOldJavalinVersionWarning = false;
        javalinConfig.http.compressionStrategy = CompressionStrategy.NONE;
        javalinConfig.http.prefer405over404 = true;
        javalinConfig.http.asyncTimeout = 0; // every wait has its own bound
        javalinConfig.http.maxRequestSize = limits.requestMaxBytes();
        javalinConfig.http.defaultContentType = Answers.JSON;
        javalinConfig.jetty.threadPool = threads;
        javalinConfig.jetty.modifyServer(server -> {
            server.setHandler(filter);
            server.setErrorHandler(new JsonErrorHandler(service.failures()));
        });
        javalinConfig.jetty.modifyServletContextHandler(
                handler -> handler.setErrorHandler(new JsonErrorHandler(service.failures())));
        javalinConfig.jetty.modifyHttpConfiguration(this::harden);
        javalinConfig.jetty.addConnector(this::connect);
        routes.addTo(javalinConfig.routes);
        ErrorRoutes errors = new ErrorRoutes(routes.all(), service.failures());
        errors.addTo(javalinConfig.routes);
        javalinConfig.router.javaLangErrorHandler(errors::error);
    }

    private void harden(HttpConfiguration http) {
        http.setSendServerVersion(false);
        http.setSendDateHeader(false);
        http.setUriCompliance(UriCompliance.DEFAULT);
        http.setRequestHeaderSize(8 * 1024);
        http.setMaxResponseHeaderSize(RESPONSE_HEADER_BYTES);
    }

    private Connector connect(Server server, HttpConfiguration http) {
        ServerConnector made = new WatchingConnector(
                server, scheduler, connections, ACCEPT_PAUSE, HttpProtocols.of(http, tls));
        made.setHost(config.host());
        made.setPort(config.httpPort());
        made.setIdleTimeout(limits.idleTimeout().toMillis());
        made.setAcceptQueueSize(ACCEPT_QUEUE);
        made.setReuseAddress(true);
        made.addBean(connections); // Jetty reports handshakes to it.
        connector = made;
        return made;
    }

    @Override
    public String protocol() {
        return "HTTP";
    }

    @Override
    public int port() {
        return port;
    }

    /** Number of open connections. */
    public int connections() {
        return connections.open();
    }

    @Override
    public void drain(Duration atMost) {
        filter.drain();
        ServerConnector listening = connector;
        if (listening != null) {
            listening.close();
        }
        routes.events().endAll();
        work.endWaits();
        try {
            service.admission().awaitQuiet(atMost);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        connections.stop();
        javalin.stop();
        work.close();
    }
}
