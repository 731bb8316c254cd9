package io.lignum.cluster.transport;

import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.ServerChannel;
import io.grpc.netty.shaded.io.netty.channel.epoll.Epoll;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollIoHandler;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollServerSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.nio.NioIoHandler;
import io.grpc.netty.shaded.io.netty.channel.socket.SocketChannel;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioServerSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioSocketChannel;
import io.grpc.netty.shaded.io.netty.util.concurrent.DefaultThreadFactory;

import java.util.function.Predicate;

/**
 * Creates the event loops and sockets of gRPC listeners and channels: Linux's epoll where Netty has
 * it, otherwise the JDK's selectors. With epoll a wake-up of an event loop takes one system call
 * less on each side, and a timer is not rounded to a millisecond. Sockets and loops of one listener
 * must both come from here. Stateless.
 */
public final class SocketTransport {

    private SocketTransport() {}

    /**
     * Event loops on daemon threads.
     *
     * @param threads their number; 0: two for each processor
     */
    public static EventLoopGroup loops(String threadName, int threads) {
        return new MultiThreadIoEventLoopGroup(
                threads,
                new DefaultThreadFactory(threadName, true),
                Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
    }

    /**
     * A listening socket that closes each connection that {@code accept} rejects, before gRPC sees
     * it. {@code accept} is called on the listener's event loop.
     */
    public static ServerChannel listener(Predicate<SocketChannel> accept) {
        ServerChannel channel =
                Epoll.isAvailable() ? new EpollServerSocketChannel() : new NioServerSocketChannel();
        channel.pipeline().addLast(new AcceptHandler(accept));
        return channel;
    }

    /** A socket to connect. */
    static SocketChannel socket() {
        return Epoll.isAvailable() ? new EpollSocketChannel() : new NioSocketChannel();
    }
}
