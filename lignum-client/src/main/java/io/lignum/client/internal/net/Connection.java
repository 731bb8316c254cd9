package io.lignum.client.internal.net;

import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.netty.channel.EventLoop;
import io.lignum.client.Credentials;
import io.lignum.client.LignumException;
import io.lignum.client.internal.errors.Errors;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A client's access to all its nodes, shared by its producers, consumers and calls: channels,
 * knowledge of the nodes, and the I/O thread. A caller that finds a channel broken reports it with
 * {@link #broken} or {@link #stalled}; then the next call opens another channel, and other nodes
 * are preferred for a while. Any thread.
 *
 * <p>This class neither queues nor repeats calls, since only the caller knows what may be repeated.
 * Answers arrive on the I/O thread.
 */
public final class Connection {

    private final Duration requestTimeout;
    private final EventLoop loop = IoThreads.acquire();
    private final Channels channels;
    private final ClusterMetadata metadata;
    private final MetadataUpdater metadataUpdater;
    private final OwnWrites ownWrites = new OwnWrites();
    private final BufferPool buffers = new BufferPool();
    private final RecentFailures failures = new RecentFailures();
    private final List<Address> addresses;

    /**
     * @param tls empty: without TLS
     * @param credentials empty: calls have none
     */
    public Connection(
            List<Address> addresses,
            Optional<TlsContexts> tls,
            Optional<Credentials> credentials,
            Duration requestTimeout) {
        this.channels = new Channels(loop, tls, credentials.map(AuthorizationHeaders::new));
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

    /** Keeps the metadata up to date, and searches for the leader. */
    public MetadataUpdater metadataUpdater() {
        return metadataUpdater;
    }

    public OwnWrites ownWrites() {
        return ownWrites;
    }

    public BufferPool buffers() {
        return buffers;
    }

    /** Throws an IllegalStateException on the I/O thread, where blocking would deadlock. */
    public void refuseOnIoThread(String what) {
        if (loop.inEventLoop()) {
            throw new IllegalStateException(what + " would block the client's I/O thread, on which"
                    + " its answer is to arrive. Use the Async forms of CompletableFuture, or give"
                    + " the client a callbackExecutor.");
        }
    }

    /**
     * The current channel to a node.
     *
     * @throws LignumException.Closed the client is closed
     */
    public ManagedChannel channel(Address address) {
        ManagedChannel channel = channels.to(address);
        metadataUpdater.used();
        return channel;
    }

    /**
     * Handles the error that ended a call or stream. A broken channel is not used for new calls. A
     * disagreement about TLS is one of this node as long as another one may be right: then the
     * error that is returned can be retried.
     *
     * @param which the channel of the call; null if the call had no channel
     */
    public LignumException failed(
            Address address, @Nullable ManagedChannel which, LignumException error) {
        boolean ofTls = error instanceof LignumException.TlsFailed;
        boolean isBroken = error instanceof LignumException.Disconnected
                && !Errors.isOfReplacedCredentials(error);
        if (ofTls || isBroken) {
            failures.add(address);
            if (which != null) {
                broken(address, which);
            }
        }
        return ofTls && !failures.containAll(metadata.toRead(Optional.empty()))
                ? Errors.disconnected(error)
                : error;
    }

    /** The channel is broken. New calls do not use it; calls in progress continue. */
    public void broken(Address address, ManagedChannel which) {
        metadata.failed(address);
        if (channels.forget(address, which)) {
            which.shutdown();
        }
    }

    /** The node does not answer on this channel. The channel ends with all its calls. */
    public void stalled(Address address, ManagedChannel which) {
        metadata.failed(address);
        channels.forget(address, which);
        which.shutdownNow();
    }

    /** Ends all calls; waits at most a second for that. */
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
