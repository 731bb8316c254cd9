package io.lignum.cluster.transport;

import io.grpc.netty.shaded.io.netty.channel.ChannelHandlerContext;
import io.grpc.netty.shaded.io.netty.channel.ChannelInboundHandlerAdapter;
import io.grpc.netty.shaded.io.netty.channel.socket.SocketChannel;

import java.util.function.Predicate;

/**
 * Passes accepted connections on or closes them. It is the first handler of a listening socket,
 * whose "messages" are the accepted sockets; they are not registered with an event loop yet.
 */
final class AcceptHandler extends ChannelInboundHandlerAdapter {

    private final Predicate<SocketChannel> accept;

    AcceptHandler(Predicate<SocketChannel> accept) {
        this.accept = accept;
    }

    @Override
    public void channelRead(ChannelHandlerContext listener, Object accepted) {
        SocketChannel socket = (SocketChannel) accepted;
        if (accept.test(socket)) {
            listener.fireChannelRead(socket);
        } else {
            socket.unsafe().closeForcibly();
        }
    }
}
