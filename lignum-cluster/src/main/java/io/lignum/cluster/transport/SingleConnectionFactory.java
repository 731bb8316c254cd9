package io.lignum.cluster.transport;

import io.grpc.netty.shaded.io.netty.channel.Channel;
import io.grpc.netty.shaded.io.netty.channel.ChannelFactory;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandlerContext;
import io.grpc.netty.shaded.io.netty.channel.ChannelOutboundHandlerAdapter;
import io.grpc.netty.shaded.io.netty.channel.ChannelPromise;

import java.net.ConnectException;
import java.net.SocketAddress;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Creates the sockets of one channel, at most one of which is ever connected. So an authentication
 * holds for all calls of the channel: by default a gRPC channel connects again, and another process
 * may listen there by then. {@link PeerConnection} creates one for each channel.
 */
final class SingleConnectionFactory implements ChannelFactory<Channel> {

    private final boolean loopbackOnly;

    /** A socket is connected, was connected, or is connecting now. */
    private final AtomicBoolean taken = new AtomicBoolean();

    SingleConnectionFactory(boolean loopbackOnly) {
        this.loopbackOnly = loopbackOnly;
    }

    @Override
    public Channel newChannel() {
        Channel socket = SocketTransport.socket();
        socket.pipeline().addLast(new ConnectOnce());
        return socket;
    }

    private final class ConnectOnce extends ChannelOutboundHandlerAdapter {

        @Override
        public void connect(
                ChannelHandlerContext socket,
                SocketAddress remote,
                SocketAddress local,
                ChannelPromise connected) {
            String objection = AcceptFilter.objection(loopbackOnly, remote);
            if (objection != null) {
                refuse(socket, connected, objection);
                return;
            }
            if (!taken.compareAndSet(false, true)) {
                refuse(socket, connected, "the channel had its one connection");
                return;
            }
            var attempt = socket.connect(remote, local, connected);
            var unused = attempt.addListener(ended -> {
                if (!ended.isSuccess()) {
                    taken.set(false); // Another address of the peer may be tried.
                }
            });
        }

        private static void refuse(
                ChannelHandlerContext socket, ChannelPromise connected, String why) {
            connected.tryFailure(new ConnectException(why));
            var unused = socket.close();
        }
    }
}
