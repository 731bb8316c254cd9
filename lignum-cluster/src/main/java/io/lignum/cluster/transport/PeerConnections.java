package io.lignum.cluster.transport;

import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.ChannelOption;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.lignum.cluster.peer.NodeAddress;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The connections to peers: one for each address, kept while it is used, replaced after it broke.
 * Any thread.
 */
final class PeerConnections {

    private static final int CONNECT_TIMEOUT_MILLIS = 1_000;
    private static final Duration UNUSED = Duration.ofMinutes(10);

    private record Target(String host, int port) {}

    private static final class Entry {
        final PeerConnection connection;
        int calls;
        long lastUsedNanos;

        Entry(PeerConnection connection) {
            this.connection = connection;
        }
    }

    private final SharedSecretAuth auth;
    private final boolean loopbackOnly;
    private final Optional<Http2Tls> tls;
    private final int maxMessageBytes;
    private final EventLoopGroup loops;

    // Guarded by this.
    private final Map<Target, Entry> entries = new HashMap<>();
    private boolean closed;

    /** @param tls empty: connects without TLS */
    PeerConnections(
            PeerSecurity security,
            Optional<Http2Tls> tls,
            int maxMessageBytes,
            EventLoopGroup loops) {
        this.tls = tls;
        this.auth = new SharedSecretAuth(security);
        this.loopbackOnly = security.isLoopbackOnly();
        this.maxMessageBytes = maxMessageBytes;
        this.loops = loops;
        var unused = loops.scheduleWithFixedDelay(this::retireUnused, 1, 1, TimeUnit.MINUTES);
    }

    /**
     * The connection for a call, which must be {@linkplain #release released} after it; null if
     * closed.
     */
    @Nullable
    PeerConnection take(NodeAddress to) {
        Target target = new Target(to.host(), to.internalPort());
        Entry entry;
        boolean fresh = false;
        synchronized (this) {
            if (closed) {
                return null;
            }
            entry = entries.get(target);
            if (entry == null) {
                entry = new Entry(connect(target));
                entries.put(target, entry);
                fresh = true;
            }
            entry.calls++;
        }
        if (fresh) {
            entry.connection.begin();
        }
        return entry.connection;
    }

    /** The call on this connection has ended. */
    synchronized void release(PeerConnection connection) {
        for (Entry entry : entries.values()) {
            if (entry.connection == connection) {
                entry.calls--;
                entry.lastUsedNanos = System.nanoTime();
            }
        }
    }

    private synchronized void forget(PeerConnection connection) {
        entries.values().removeIf(entry -> entry.connection == connection);
    }

    private void retireUnused() {
        List<PeerConnection> unused = new ArrayList<>();
        synchronized (this) {
            long now = System.nanoTime();
            Iterator<Entry> all = entries.values().iterator();
            while (all.hasNext()) {
                Entry entry = all.next();
                if (entry.calls == 0 && now - entry.lastUsedNanos > UNUSED.toNanos()) {
                    all.remove();
                    unused.add(entry.connection);
                }
            }
        }
        unused.forEach(PeerConnection::retire);
    }

    private PeerConnection connect(Target target) {
        NettyChannelBuilder builder = NettyChannelBuilder.forAddress(target.host, target.port);
        tls.ifPresentOrElse(
                contexts -> builder.sslContext(contexts.current()), builder::usePlaintext);
        ManagedChannel channel = builder.directExecutor()
                .disableRetry()
                .disableServiceConfigLookUp()
                .proxyDetector(address -> null)
                .eventLoopGroup(loops)
                .channelFactory(new SingleConnectionFactory(loopbackOnly))
                .withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MILLIS)
                .flowControlWindow(GrpcNetwork.FLOW_CONTROL_WINDOW)
                .maxInboundMessageSize(maxMessageBytes)
                .maxInboundMetadataSize(GrpcNetwork.MAX_METADATA_BYTES)
                .build();
        return new PeerConnection(
                target.host + ":" + target.port, channel, auth, loops.next(), this::forget);
    }

    /** Ends all connections; waits up to {@code atMost} for the callbacks about that. */
    void close(Duration atMost) {
        List<PeerConnection> open = new ArrayList<>();
        synchronized (this) {
            closed = true;
            entries.values().forEach(entry -> open.add(entry.connection));
        }
        open.forEach(connection -> connection.breakOff("the network is closed here"));
        long deadline = System.nanoTime() + atMost.toNanos();
        try {
            for (PeerConnection connection : open) {
                connection.awaitEnd(Duration.ofNanos(deadline - System.nanoTime()));
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
