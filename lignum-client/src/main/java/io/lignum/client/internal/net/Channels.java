package io.lignum.client.internal.net;

import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.ChannelOption;
import io.grpc.netty.shaded.io.netty.channel.EventLoop;
import io.lignum.client.LignumException;
import io.lignum.client.internal.errors.Errors;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** The channels of a client, one for each node, opened on demand. Any thread. */
final class Channels {

    private static final Logger LOG = LoggerFactory.getLogger(Channels.class);

    /** An answer holds at least one batch, of any size that a node may allow. */
    private static final int MAX_ANSWER_BYTES = 128 << 20;

    private static final int CONNECT_TIMEOUT_MILLIS = 5_000;
    private static final int FLOW_CONTROL_WINDOW = 2 << 20;

    /**
     * A half-open connection is noticed after the sum of both times. Nodes allow a ping every 5 s.
     */
    private static final int PING_AFTER_SECONDS = 10;

    private static final int PING_ANSWER_SECONDS = 5;

    private final EventLoop loop;
    private final Optional<TlsContexts> tls;
    private final Optional<AuthorizationHeaders> authorization;

    // Guarded by this.
    private final Map<Address, ManagedChannel> channels = new HashMap<>();
    private boolean warned;
    private boolean closed;

    Channels(
            EventLoop loop,
            Optional<TlsContexts> tls,
            Optional<AuthorizationHeaders> authorization) {
        this.loop = loop;
        this.tls = tls;
        this.authorization = authorization;
    }

    /**
     * The channel to a node.
     *
     * @throws LignumException.Closed the client is closed
     */
    synchronized ManagedChannel to(Address address) {
        if (closed) {
            throw Errors.closed("the client");
        }
        return channels.computeIfAbsent(address, this::connect);
    }

    private ManagedChannel connect(Address to) {
        NettyChannelBuilder builder = NettyChannelBuilder.forAddress(to.host(), to.port());
        tls.ifPresentOrElse(
                contexts -> builder.sslContext(new ReloadingSslContext(contexts)),
                builder::usePlaintext);
        authorization.ifPresent(headers -> {
            headers.connecting();
            builder.intercept(new AuthorizationInterceptor(headers));
            warnIfReadable(to);
        });
        return builder.directExecutor()
                .disableRetry()
                .eventLoopGroup(loop)
                .channelType(IoThreads.channelType())
                .withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MILLIS)
                .flowControlWindow(FLOW_CONTROL_WINDOW)
                .maxInboundMessageSize(MAX_ANSWER_BYTES)
                .keepAliveTime(PING_AFTER_SECONDS, TimeUnit.SECONDS)
                .keepAliveTimeout(PING_ANSWER_SECONDS, TimeUnit.SECONDS)
                .build();
    }

    private void warnIfReadable(Address to) {
        if (tls.isEmpty() && !to.isLoopback() && !warned) {
            warned = true;
            LOG.warn(
                    "Credentials are sent to {} without TLS, so they can be read on the network;"
                            + " use LignumClient.Builder.tls",
                    to);
        }
    }

    /**
     * Removes a channel, so the next call to the node opens another. Returns false if the channel
     * was no longer in use.
     */
    synchronized boolean forget(Address address, ManagedChannel which) {
        return channels.remove(address, which);
    }

    /** Shuts down the channels to other nodes than these. Calls in progress continue. */
    void keepOnly(Set<Address> wanted) {
        List<ManagedChannel> dropped = new ArrayList<>();
        synchronized (this) {
            Iterator<Map.Entry<Address, ManagedChannel>> all =
                    channels.entrySet().iterator();
            while (all.hasNext()) {
                Map.Entry<Address, ManagedChannel> one = all.next();
                if (!wanted.contains(one.getKey())) {
                    dropped.add(one.getValue());
                    all.remove();
                }
            }
        }
        dropped.forEach(ManagedChannel::shutdown);
    }

    /**
     * Ends all channels and their calls; waits at most a second for that. Returns false if they
     * were closed before.
     */
    boolean close() {
        List<ManagedChannel> last;
        synchronized (this) {
            if (closed) {
                return false;
            }
            closed = true;
            last = List.copyOf(channels.values());
            channels.clear();
        }
        last.forEach(ManagedChannel::shutdownNow);
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(1);
        try {
            for (ManagedChannel one : last) {
                one.awaitTermination(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        return true;
    }
}
