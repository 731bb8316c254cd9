package io.lignum.cluster.transport;

import io.grpc.Attributes;
import io.grpc.Grpc;
import io.grpc.ServerTransportFilter;
import io.grpc.netty.shaded.io.netty.channel.Channel;
import io.grpc.netty.shaded.io.netty.channel.socket.SocketChannel;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioServerSocketChannel;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Decides which sockets stay. Without a secret only those from loopback addresses; never more than the limit; and none
 * that has not proved itself in time, so that strangers cannot take the place of peers for long. Any thread.
 */
final class Doorkeeper extends ServerTransportFilter {

    private static final Logger LOG = LoggerFactory.getLogger(Doorkeeper.class);

    private final int maxConnections;
    private final boolean loopbackOnly;
    private final Duration timeToProve;
    private final Proofs proofs;
    private final AtomicInteger sockets = new AtomicInteger();
    private final Map<SocketAddress, Connection> connections = new ConcurrentHashMap<>();

    Doorkeeper(int maxConnections, boolean loopbackOnly, Duration timeToProve, Proofs proofs) {
        this.maxConnections = maxConnections;
        this.loopbackOnly = loopbackOnly;
        this.timeToProve = timeToProve;
        this.proofs = proofs;
    }

    /** The listening socket; the pure Java one, because only it can be told whom to let in. */
    Acceptor acceptor() {
        return new Acceptor();
    }

    @Override
    public Attributes transportReady(Attributes transport) {
        SocketAddress remote = transport.get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
        if (remote == null) {
            throw new IllegalStateException("a connection from nowhere");
        }
        Connection connection = new Connection(remote, proofs);
        connections.put(remote, connection);
        return transport.toBuilder().set(Connection.ATTRIBUTE, connection).build();
    }

    @Override
    public void transportTerminated(@Nullable Attributes transport) {
        Connection connection = transport == null ? null : transport.get(Connection.ATTRIBUTE);
        if (connection != null) {
            connections.remove(connection.remote, connection);
        }
    }

    /** Why nobody from there is let in or spoken to; null: he is. */
    static @Nullable String objection(boolean loopbackOnly, SocketAddress remote) {
        boolean loopback = remote instanceof InetSocketAddress internet
                && internet.getAddress() != null
                && internet.getAddress().isLoopbackAddress();
        return !loopbackOnly || loopback
                ? null
                : remote + " is not a loopback address, and without a secret of the cluster"
                        + " (cluster.secret) peers are on this machine only";
    }

    private boolean letIn(Channel socket) {
        SocketAddress remote = ((SocketChannel) socket).remoteAddress();
        String objection = remote == null ? "gone already" : objection(loopbackOnly, remote);
        if (objection != null) {
            LOG.warn("A connection was refused: {}", objection);
            return false;
        }
        if (sockets.incrementAndGet() > maxConnections) {
            sockets.decrementAndGet();
            LOG.warn("A connection from {} was refused: there are {}", remote, maxConnections);
            return false;
        }
        var unused = socket.closeFuture().addListener(closed -> sockets.decrementAndGet());
        return true;
    }

    private void closeUnlessProved(Channel socket, SocketAddress remote) {
        Connection connection = connections.get(remote);
        if (socket.isOpen() && (connection == null || !connection.isProved())) {
            LOG.warn("{} did not prove itself within {}", remote, timeToProve);
            var unused = socket.close();
        }
    }

    final class Acceptor extends NioServerSocketChannel {

        @Override
        protected int doReadMessages(List<Object> accepted) throws Exception {
            int before = accepted.size();
            int count = super.doReadMessages(accepted);
            for (int i = accepted.size() - 1; i >= before; i--) {
                SocketChannel socket = (SocketChannel) accepted.get(i);
                if (letIn(socket)) {
                    SocketAddress remote = socket.remoteAddress();
                    var unused = eventLoop()
                            .schedule(
                                    () -> closeUnlessProved(socket, remote),
                                    timeToProve.toMillis(),
                                    TimeUnit.MILLISECONDS);
                } else {
                    accepted.remove(i);
                    socket.unsafe().closeForcibly();
                }
            }
            return count;
        }
    }
}
