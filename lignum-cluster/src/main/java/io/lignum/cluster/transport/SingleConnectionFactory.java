package io.lignum.cluster.transport;

import io.grpc.netty.shaded.io.netty.channel.Channel;
import io.grpc.netty.shaded.io.netty.channel.ChannelFactory;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioSocketChannel;

import java.net.ConnectException;
import java.net.SocketAddress;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Creates the sockets of one channel, at most one of which is ever connected. So an authentication
 * holds for all calls of the channel: by default a gRPC channel connects again, and another process
 * may listen there by then.
 */
final class SingleConnectionFactory implements ChannelFactory<Channel> {

    private final boolean loopbackOnly;
    private final AtomicBoolean taken = new AtomicBoolean();

    SingleConnectionFactory(boolean loopbackOnly) {
        this.loopbackOnly = loopbackOnly;
    }

    @Override
    public Channel newChannel() {
        return new Socket();
    }

    private final class Socket extends NioSocketChannel {

        @Override
        protected boolean doConnect(SocketAddress remote, SocketAddress local) throws Exception {
            String objection = AcceptFilter.objection(loopbackOnly, remote);
            if (objection != null) {
                throw new ConnectException(objection);
            }
            if (taken.get()) {
                throw new ConnectException("the connection is closed");
            }
            boolean connected = super.doConnect(remote, local);
            if (connected) {
                take();
            }
            return connected;
        }

        @Override
        protected void doFinishConnect() throws Exception {
            super.doFinishConnect();
            take();
        }

        private void take() throws ConnectException {
            if (!taken.compareAndSet(false, true)) {
                throw new ConnectException("there is a connection already");
            }
        }
    }
}
