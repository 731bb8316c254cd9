package io.lignum.server.grpc;

import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.lignum.access.login.Authenticator;
import io.lignum.api.LignumLogGrpc;
import io.lignum.cluster.peer.NodeAddress;
import io.lignum.server.access.Authorizer;
import io.lignum.server.access.Caller;
import io.lignum.server.access.Operation;
import io.lignum.server.access.Refusal;
import io.lignum.server.access.Requester;
import io.lignum.server.audit.AuditLog;
import io.lignum.server.config.ConfigLoader;
import io.lignum.server.config.ServerConfig;
import io.lignum.server.service.BootstrapSource;
import io.lignum.server.service.LogService;
import io.lignum.server.service.NodeThreads;
import io.lignum.server.service.ServiceListener;
import io.lignum.storage.LogStore;
import io.lignum.storage.StoreListener;

import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** The gRPC listener before a real engine in a directory, and channels to it over real sockets. */
final class GrpcNode implements AutoCloseable {

    private final LogStore store;
    private final CompletableFuture<Throwable> failure;
    final LogService service;
    final GrpcServer listener;
    private final List<ManagedChannel> channels = new ArrayList<>();

    private GrpcNode(
            LogStore store,
            LogService service,
            GrpcServer listener,
            CompletableFuture<Throwable> failure) {
        this.failure = failure;
        this.store = store;
        this.service = service;
        this.listener = listener;
    }

    static GrpcNode start(Path directory) throws IOException {
        return start(directory, Map.of());
    }

    static GrpcNode start(Path directory, Map<String, String> settings) throws IOException {
        ConfigLoader loader = new ConfigLoader()
                .set("server.host", "127.0.0.1")
                .set("server.grpc-port", "0")
                .set("message.data-dir", directory.toString());
        settings.forEach(loader::set);
        ServerConfig config = loader.load();
        LogStore store = LogStore.open(directory, config.store(new StoreListener() {}));
        CompletableFuture<Throwable> failure = new CompletableFuture<>();
        LogService.Security security = new LogService.Security(
                config.access(),
                config.quotas(),
                new AuditLog(false, "alone", InstantSource.system(), System::nanoTime),
                BootstrapSource.NONE);
        LogService service = new LogService(
                config.limits(),
                security,
                ServiceListener.NONE,
                new NodeThreads(failure::complete));
        GrpcServer listener =
                GrpcServer.start(config, service, authorizer(config, service), Optional.empty());
        service.opened(
                store, directory, "alone", new NodeAddress("127.0.0.1", 0, 0, listener.port()));
        return new GrpcNode(store, service, listener, failure);
    }

    private static Authorizer authorizer(ServerConfig config, LogService service) {
        ScheduledExecutorService timer = service.threads().timer("test-login");
        Authenticator authenticator = new Authenticator(
                service.security()::state,
                (token, address) -> Optional.empty(),
                new Authenticator.Threads() {
                    @Override
                    public void check(Runnable task) {
                        timer.execute(task);
                    }

                    @Override
                    public ScheduledExecutorService timer() {
                        return timer;
                    }
                },
                InstantSource.system(),
                5);
        return new Authorizer(
                config.access(), service.access(), authenticator, new Authorizer.Listener() {
                    @Override
                    public void refused(Operation operation, Refusal.Reason reason) {}

                    @Override
                    public void loggedIn(Requester requester) {}

                    @Override
                    public void loginFailed(Caller caller, String credentials, String why) {}
                });
    }

    /** A new connection with answers of any size. */
    ManagedChannel channel() {
        ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", listener.port())
                .usePlaintext()
                .maxInboundMessageSize(Integer.MAX_VALUE)
                .build();
        channels.add(channel);
        return channel;
    }

    LignumLogGrpc.LignumLogBlockingStub log() {
        return LignumLogGrpc.newBlockingStub(channel()).withDeadlineAfter(60, TimeUnit.SECONDS);
    }

    LignumLogGrpc.LignumLogStub logAsync() {
        return LignumLogGrpc.newStub(channel());
    }

    @Override
    public void close() {
        channels.forEach(ManagedChannel::shutdownNow);
        listener.close();
        service.close();
        store.close();
        if (failure.isDone()) {
            throw new AssertionError("a thread of the node failed", failure.join());
        }
    }
}
