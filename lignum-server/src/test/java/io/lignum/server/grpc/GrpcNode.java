package io.lignum.server.grpc;

import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.lignum.api.LignumLogGrpc;
import io.lignum.cluster.peer.NodeAddress;
import io.lignum.server.access.Authorizer;
import io.lignum.server.config.ConfigLoader;
import io.lignum.server.config.ServerConfig;
import io.lignum.server.service.LogService;
import io.lignum.server.service.NodeThreads;
import io.lignum.server.service.ServiceListener;
import io.lignum.storage.LogStore;
import io.lignum.storage.StoreListener;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
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
        LogService service = new LogService(
                config.limits(), ServiceListener.NONE, new NodeThreads(failure::complete));
        GrpcServer listener = GrpcServer.start(
                config,
                service,
                new Authorizer(config.access(), (operation, reason) -> {}),
                Optional.empty());
        service.opened(
                store, directory, "alone", new NodeAddress("127.0.0.1", 0, 0, listener.port()));
        return new GrpcNode(store, service, listener, failure);
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
