package io.lignum.cluster.transport;

import io.grpc.netty.shaded.io.netty.channel.ChannelHandlerContext;
import io.grpc.netty.shaded.io.netty.channel.ChannelInboundHandlerAdapter;
import io.grpc.netty.shaded.io.netty.channel.socket.SocketChannel;

import java.util.function.Predicate;

/**
 * Passes accepted connections on or closes them. It is the first handler of a listening socket,
 * whose "messages" are the accepted sockets; they are not registered with an event loop yet. Runs
 * on the event loop of the listening socket.
 */
final class AcceptHandler extends ChannelInboundHandlerAdapter {

    private final Predicate<SocketChannel> accept;

    AcceptHandler(Predicate<SocketChannel> accept) {
        this.accept = accept;
    }

    @Override
    public void channelRead(ChannelHandlerContext listener, Object message) {
        SocketChannel socket = (SocketChannel) message;
        boolean accepted = false;
        try {
            accepted = accept.test(socket);
        } finally {
            if (!accepted) { // Also when the listener is being closed and the test throws.
                socket.unsafe().closeForcibly();
            }
        }
        if (accepted) {
            listener.fireChannelRead(socket);
        }
    }
}
