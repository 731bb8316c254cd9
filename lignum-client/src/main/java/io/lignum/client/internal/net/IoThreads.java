package io.lignum.client.internal.net;

import io.grpc.netty.shaded.io.netty.channel.Channel;
import io.grpc.netty.shaded.io.netty.channel.EventLoop;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.IoHandlerFactory;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.epoll.Epoll;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollIoHandler;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.nio.NioIoHandler;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioSocketChannel;
import io.grpc.netty.shaded.io.netty.util.concurrent.DefaultThreadFactory;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.TimeUnit;

/**
 * The I/O threads of this process, one for each processor. All clients share them, and each client
 * uses one for everything. They start with the first client and end after the last.
 */
final class IoThreads {

    private static @Nullable EventLoopGroup group;
    private static int clients;

    private IoThreads() {}

    /** Returns the thread of another client, which calls {@link #release} once. */
    static synchronized EventLoop acquire() {
        EventLoopGroup running = group;
        if (running == null) {
            running = new MultiThreadIoEventLoopGroup(
                    Runtime.getRuntime().availableProcessors(),
                    new DefaultThreadFactory("lignum-client-io", true),
                    handlers());
            group = running;
        }
        clients++;
        return running.next();
    }

    private static IoHandlerFactory handlers() {
        return Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
    }

    static Class<? extends Channel> channelType() {
        return Epoll.isAvailable() ? EpollSocketChannel.class : NioSocketChannel.class;
    }

    static synchronized void release() {
        clients--;
        if (clients == 0 && group != null) {
            var unused = group.shutdownGracefully(200, 5_000, TimeUnit.MILLISECONDS);
            group = null;
        }
    }
}
