package io.lignum.cluster.transport;

import io.grpc.Attributes;
import io.grpc.Grpc;
import io.grpc.ServerTransportFilter;
import io.grpc.netty.shaded.io.netty.channel.Channel;
import io.grpc.netty.shaded.io.netty.channel.ServerChannel;
import io.grpc.netty.shaded.io.netty.channel.socket.SocketChannel;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Decides which connections are kept. Without a secret only those from loopback addresses; never
 * more than the limit; none that has not authenticated in time, so that others cannot use up the
 * places of peers; and none whose peer has stopped to ping. gRPC's own keep-alive is not used,
 * because its least interval is 10 s. Any thread.
 */
final class AcceptFilter extends ServerTransportFilter {

    private static final Logger LOG = LoggerFactory.getLogger(AcceptFilter.class);

    /** Peers ping far more often; see {@link PeerConnection}. */
    private static final Duration SILENCE = Duration.ofSeconds(5);

    private static final Duration CHECK_INTERVAL = Duration.ofMillis(500);

    private static final int MAX_PENDING = 64;
    private static final int MAX_PENDING_OF_ADDRESS = 32;

    private final int maxConnections;
    private final boolean loopbackOnly;
    private final Duration timeToProve;
    private final SharedSecretAuth auth;
    private final AtomicInteger sockets = new AtomicInteger();
    private final PendingHandshakes<Channel> pending =
            new PendingHandshakes<>(MAX_PENDING, MAX_PENDING_OF_ADDRESS, this::isProved);
    private final RefusedConnectionLog refusals = new RefusedConnectionLog(System::nanoTime);
    private final Map<SocketAddress, InboundConnection> connections = new ConcurrentHashMap<>();

    AcceptFilter(
            int maxConnections, boolean loopbackOnly, Duration timeToProve, SharedSecretAuth auth) {
        this.maxConnections = maxConnections;
        this.loopbackOnly = loopbackOnly;
        this.timeToProve = timeToProve;
        this.auth = auth;
    }

    /** A listening socket with this filter. */
    ServerChannel listener() {
        return SocketTransport.listener(this::accept);
    }

    @Override
    public Attributes transportReady(Attributes transport) {
        SocketAddress remote = transport.get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
        if (remote == null) {
            throw new IllegalStateException("a connection without an address");
        }
        InboundConnection connection =
                new InboundConnection(remote, auth, ChannelBinding.ofServer(transport));
        connections.put(remote, connection);
        return transport.toBuilder()
                .set(InboundConnection.ATTRIBUTE, connection)
                .build();
    }

    @Override
    public void transportTerminated(@Nullable Attributes transport) {
        InboundConnection connection =
                transport == null ? null : transport.get(InboundConnection.ATTRIBUTE);
        if (connection != null) {
            connections.remove(connection.remote, connection);
        }
    }

    /** Why no connection with that address is allowed; null if it is. */
    static @Nullable String objection(boolean loopbackOnly, SocketAddress remote) {
        boolean loopback = remote instanceof InetSocketAddress internet
                && internet.getAddress() != null
                && internet.getAddress().isLoopbackAddress();
        return !loopbackOnly || loopback
                ? null
                : remote + " is not a loopback address, and without a secret of the cluster"
                        + " (cluster.secret) only peers on this host are accepted";
    }

    /** On the listener's event loop. The caller closes the socket if this returns false. */
    boolean accept(SocketChannel socket) {
        SocketAddress remote = socket.remoteAddress();
        String objection = remote == null ? "closed already" : objection(loopbackOnly, remote);
        if (objection != null) {
            refusals.refused(objection);
            return false;
        }
        if (sockets.incrementAndGet() > maxConnections + MAX_PENDING) {
            sockets.decrementAndGet();
            refusals.refused(
                    "from " + remote + ", because there are " + maxConnections + " of peers");
            return false;
        }
        try {
            watch(socket, remote);
        } catch (RejectedExecutionException closed) { // The listener is being closed.
            sockets.decrementAndGet();
            return false;
        }
        pending.add(socket, ((InetSocketAddress) remote).getAddress()).ifPresent(this::displace);
        var unused = socket.closeFuture().addListener(closed -> {
            sockets.decrementAndGet();
            pending.remove(socket);
        });
        return true;
    }

    /** Number of accepted connections that are open. */
    int openSockets() {
        return sockets.get();
    }

    private void displace(Channel stranger) {
        refusals.refused("from " + ((SocketChannel) stranger).remoteAddress()
                + ", because too many are not authenticated yet");
        closeWithoutGoAway(stranger);
    }

    private boolean isProved(Channel socket) {
        SocketAddress remote = ((SocketChannel) socket).remoteAddress();
        InboundConnection connection = remote == null ? null : connections.get(remote);
        return connection != null && connection.isProved();
    }

    private void check(Channel socket, SocketAddress remote, long acceptedNanos) {
        InboundConnection connection = connections.get(remote);
        if (connection != null && connection.isProved()) {
            if (connection.silentNanos() > SILENCE.toNanos()) {
                // If this machine is slow, what the peer sent may still wait to be read.
                var unused = socket.eventLoop()
                        .schedule(
                                () -> endSilence(socket, connection),
                                CHECK_INTERVAL.toMillis() / 2,
                                TimeUnit.MILLISECONDS);
            }
        } else if (System.nanoTime() - acceptedNanos > timeToProve.toNanos()) {
            refusals.refused(remote + " did not authenticate within " + timeToProve);
            closeWithoutGoAway(socket);
        }
    }

    private static void endSilence(Channel socket, InboundConnection connection) {
        if (socket.isOpen() && connection.silentNanos() > SILENCE.toNanos()) {
            LOG.info(
                    "{} has been silent for {}: its connection is closed",
                    connection.remote,
                    SILENCE);
            closeWithoutGoAway(socket);
        }
    }

    /**
     * Closes without the HTTP/2 handler, which would first send a message to a peer that is not
     * there.
     */
    private static void closeWithoutGoAway(Channel socket) {
        socket.eventLoop().execute(() -> socket.unsafe().close(socket.newPromise()));
    }

    /** On the listener's event loop, because the socket has none yet. */
    private void watch(SocketChannel socket, SocketAddress remote) {
        long acceptedNanos = System.nanoTime();
        ScheduledFuture<?> checking = socket.parent()
                .eventLoop()
                .scheduleWithFixedDelay(
                        () -> check(socket, remote, acceptedNanos),
                        CHECK_INTERVAL.toMillis(),
                        CHECK_INTERVAL.toMillis(),
                        TimeUnit.MILLISECONDS);
        var unused = socket.closeFuture().addListener(closed -> checking.cancel(false));
    }
}
