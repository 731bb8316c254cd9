package io.lignum.client.internal.net;

import java.util.function.Consumer;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.netty.channel.EventLoop;
import io.lignum.client.LignumException;

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
public final class Connection {

    private final Duration requestTimeout;
    private final EventLoop loop = IoThreads.acquire();
    private final Channels channels = new Channels(loop);
    private final ClusterMetadata metadata;
    private final MetadataUpdater metadataUpdater;
    private final OwnWrites ownWrites = new OwnWrites();
    private final BufferPool buffers = new BufferPool();
    private final List<Address> addresses;

    public Connection(List<Address> addresses, Duration requestTimeout) {
        this.addresses = List.copyOf(addresses);
        this.requestTimeout = requestTimeout;
        this.metadata = new ClusterMetadata(addresses);
        this.metadataUpdater = new MetadataUpdater(loop, channels, metadata, requestTimeout);
    }

    public Duration requestTimeout() {
        return requestTimeout;
    }

    /**
     * The tasks of a producer, consumer or call on the client's I/O thread.
     *
     * @param onFailure ends the owner of the tasks with what one of them has thrown
     */
    public IoTasks tasks(Consumer<Throwable> onFailure) {
        return new IoTasks(loop, onFailure);
    }

    public ClusterMetadata metadata() {
        return metadata;
    }

    /** Keeps the nodes up to date, and finds the leader. */
    public MetadataUpdater metadataUpdater() {
        return metadataUpdater;
    }

    public OwnWrites ownWrites() {
        return ownWrites;
    }

    public BufferPool buffers() {
        return buffers;
    }

    /** Who blocks there waits for himself. */
    public void refuseOnIoThread(String what) {
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
    public ManagedChannel channel(Address address) {
        ManagedChannel channel = channels.to(address);
        metadataUpdater.used();
        return channel;
    }

    /** New calls shall not go there any more; those that are under way may. */
    public void broken(Address address, ManagedChannel which) {
        metadata.failed(address);
        if (channels.forget(address, which)) {
            which.shutdown();
        }
    }

    /** It does not answer, so it is given up with all calls on it. */
    public void stalled(Address address, ManagedChannel which) {
        metadata.failed(address);
        channels.forget(address, which);
        which.shutdownNow();
    }

    /** Calls that are under way end; at most a second is given to it. */
    public void close() {
        metadataUpdater.close();
        if (channels.close()) {
            IoThreads.release();
        }
    }

    @Override
    public String toString() {
        return addresses.toString();
    }
}
