package io.lignum.cluster.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.nio.NioIoHandler;
import io.grpc.netty.shaded.io.netty.channel.socket.SocketChannel;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioServerSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioSocketChannel;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** The number of connections that are counted is that of open ones. */
final class AcceptFilterTest {

    private final AcceptFilter filter = new AcceptFilter(
            10,
            true,
            Duration.ofSeconds(5),
            new SharedSecretAuth(new PeerSecurity(Optional.empty(), "test")));

    @Test
    void connectionThatComesWhileTheListenerCloses_isRefused_andNotCounted() throws Exception {
        EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        NioServerSocketChannel listener = new NioServerSocketChannel();
        var registered = loops.register(listener).sync();
        assertThat(registered.isSuccess()).isTrue();
        try (ServerSocketChannel port = ServerSocketChannel.open()) {
            port.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            SocketChannel first = connection(listener, port);
            assertThat(filter.accept(first)).isTrue();
            assertThat(filter.openSockets()).isEqualTo(1);
            var ended = loops.shutdownGracefully(0, 0, TimeUnit.SECONDS).sync();
            assertThat(ended.isSuccess()).isTrue();
            SocketChannel second = connection(listener, port);
            assertThat(filter.accept(second)).isFalse();
            assertThat(filter.openSockets()).isEqualTo(1);
            first.unsafe().closeForcibly();
            second.unsafe().closeForcibly();
        }
    }

    private static SocketChannel connection(
            NioServerSocketChannel listener, ServerSocketChannel port) throws IOException {
        return new NioSocketChannel(
                listener, java.nio.channels.SocketChannel.open(port.getLocalAddress()));
    }
}
