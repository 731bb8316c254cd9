package io.lignum.server.grpc;

import io.grpc.Attributes;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerTransportFilter;
import io.grpc.netty.shaded.io.netty.channel.ServerChannel;
import io.grpc.netty.shaded.io.netty.channel.socket.SocketChannel;
import io.lignum.cluster.transport.SocketTransport;
import io.lignum.server.service.ErrorCode;
import io.lignum.server.service.ServiceException;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * The limit on connections, in two steps. A connection above the limit is accepted, and its calls
 * are answered with an error that names the limit. Far above it, or if a connection never sends a
 * call, the socket is closed right after it is accepted, so that many connections cannot exhaust
 * memory or files.
 */
final class ConnectionLimit extends ServerTransportFilter implements ServerInterceptor {

    private final int maxConnections;
    private final int maxSockets;
    private final long maxUnreadBytes;
    private final GrpcThreads threads;
    private final AtomicInteger sockets = new AtomicInteger();
    private final AtomicInteger connections = new AtomicInteger();

    ConnectionLimit(int maxConnections, long maxUnreadBytes, GrpcThreads threads) {
        this.maxConnections = maxConnections;
        this.maxSockets = maxConnections + Math.max(16, maxConnections / 8);
        this.maxUnreadBytes = maxUnreadBytes;
        this.threads = threads;
    }

    /** A listening socket that closes connections far above the limit. */
    ServerChannel listener() {
        return SocketTransport.listener(this::accept);
    }

    private boolean accept(SocketChannel socket) {
        if (sockets.incrementAndGet() > maxSockets) {
            sockets.decrementAndGet();
            return false;
        }
        socket.pipeline().addLast(new HalfClosedStreams());
        var unused = socket.closeFuture().addListener(closed -> sockets.decrementAndGet());
        return true;
    }

    /** Runs on the event loop of the new connection. */
    @Override
    public Attributes transportReady(Attributes transport) {
        boolean overLimit = connections.incrementAndGet() > maxConnections;
        return transport.toBuilder()
                .set(
                        ConnectionInfo.ATTRIBUTE,
                        new ConnectionInfo(overLimit, maxUnreadBytes, threads.currentLoop()))
                .build();
    }

    @Override
    public void transportTerminated(@Nullable Attributes transport) {
        if (transport != null && transport.get(ConnectionInfo.ATTRIBUTE) != null) {
            connections.decrementAndGet();
        }
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        ConnectionInfo connection = call.getAttributes().get(ConnectionInfo.ATTRIBUTE);
        if (connection == null) {
            throw new IllegalStateException("a call on a connection that never became ready");
        }
        if (connection.overLimit) {
            return WireErrors.refuse(
                    call,
                    ServiceException.overLimit(
                            ErrorCode.OVERLOADED,
                            "limits.max-connections",
                            maxConnections,
                            "too many connections to this port"));
        }
        return Contexts.interceptCall(
                Context.current().withValue(ConnectionInfo.CONTEXT, connection),
                call,
                headers,
                next);
    }
}
