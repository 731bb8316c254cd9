package io.lignum.client;

import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.netty.channel.EventLoop;

import java.time.Duration;
import java.util.List;

/**
 * What all of a client share: its connections, what is known of the nodes, and the thread that
 * serves it all. Whoever finds a connection broken says so with {@link #broken} or
 * {@link #stalled}; then the next to ask gets a fresh one, and other nodes are preferred for a
 * while. Any thread.
 *
 * <p>Calls are neither queued nor retried below this: who makes one knows better what may be sent
 * again. Answers are handled on the I/O thread itself.
 */
final class Connection {

    private final Duration requestTimeout;
    private final EventLoop loop = IoThreads.acquire();
    private final Channels channels = new Channels(loop);
    private final ClusterMetadata nodes;
    private final MetadataUpdater lister;
    private final OwnWrites ownWrites = new OwnWrites();
    private final BufferPool buffers = new BufferPool();
    private final List<Address> addresses;

    Connection(List<Address> addresses, Duration requestTimeout) {
        this.addresses = List.copyOf(addresses);
        this.requestTimeout = requestTimeout;
        this.nodes = new ClusterMetadata(addresses);
        this.lister = new MetadataUpdater(loop, channels, nodes, requestTimeout);
    }

    Duration requestTimeout() {
        return requestTimeout;
    }

    /** The client's I/O thread, on which state machines run. Takes tasks also after close. */
    EventLoop loop() {
        return loop;
    }

    ClusterMetadata nodes() {
        return nodes;
    }

    /** Keeps the nodes up to date, and finds the leader. */
    MetadataUpdater lister() {
        return lister;
    }

    OwnWrites ownWrites() {
        return ownWrites;
    }

    BufferPool buffers() {
        return buffers;
    }

    /** Who blocks there waits for himself. */
    void refuseOnIoThread(String what) {
        if (loop.inEventLoop()) {
            throw new IllegalStateException(what + " would block the client's I/O thread, on which"
                    + " its answer is to arrive. Use the Async forms of CompletableFuture, or give"
                    + " the client a callbackExecutor.");
        }
    }

    /**
     * The present channel to a node.
     *
     * @throws LignumException.Closed the client is closed
     */
    ManagedChannel channel(Address address) {
        ManagedChannel channel = channels.to(address);
        lister.used();
        return channel;
    }

    /** New calls shall not go there any more; those that are under way may. */
    void broken(Address address, ManagedChannel which) {
        nodes.failed(address);
        if (channels.forget(address, which)) {
            which.shutdown();
        }
    }

    /** It does not answer, so it is given up with all calls on it. */
    void stalled(Address address, ManagedChannel which) {
        nodes.failed(address);
        channels.forget(address, which);
        which.shutdownNow();
    }

    /** Calls that are under way end; at most a second is given to it. */
    void close() {
        lister.close();
        if (channels.close()) {
            IoThreads.release();
        }
    }

    @Override
    public String toString() {
        return addresses.toString();
    }
}
