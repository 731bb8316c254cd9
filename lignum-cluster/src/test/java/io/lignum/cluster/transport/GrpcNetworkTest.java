package io.lignum.cluster.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.cluster.peer.Network;
import io.lignum.cluster.peer.NetworkContract;
import io.lignum.cluster.peer.NodeAddress;
import io.lignum.cluster.peer.PeerStream;
import io.lignum.cluster.peer.RecordingReceiver;
import io.lignum.cluster.peer.Waiting;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;

final class GrpcNetworkTest extends NetworkContract {

    static final int MAX_BATCH = 5 << 20;

    private static final class Sockets implements World {

        private final Map<Integer, NodeAddress> addresses = new HashMap<>();
        private final Map<Integer, StallingProxy> proxies = new HashMap<>();

        @Override
        public NodeAddress address(int node) {
            return addresses.computeIfAbsent(
                    node, number -> new NodeAddress("127.0.0.1", freePort(), 0, 0));
        }

        private static int freePort() {
            try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                return socket.getLocalPort();
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
        }

        @Override
        public Network start(int node) {
            return start(address(node).internalPort(), MAX_BATCH);
        }

        static GrpcNetwork start(int port, int maxBatchBytes) {
            try {
                return GrpcNetwork.start(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                        new PeerSecurity(Optional.of("a secret of the tests"), "test"),
                        Optional.empty(),
                        maxBatchBytes,
                        failure -> {});
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
        }

        @Override
        public void await(String what, Duration atMost, BooleanSupplier condition) {
            Waiting.until(what, atMost, condition);
        }

        @Override
        public NodeAddress addressToCut(int node) {
            StallingProxy proxy = new StallingProxy(address(node).internalPort());
            proxies.put(node, proxy);
            return new NodeAddress("127.0.0.1", proxy.port(), 0, 0);
        }

        @Override
        public void cut(int one, int other) {
            proxies.values().forEach(StallingProxy::stall);
        }

        @Override
        public void close() {
            for (StallingProxy proxy : proxies.values()) {
                try {
                    proxy.close();
                } catch (IOException failed) {
                    throw new UncheckedIOException(failed);
                }
            }
        }
    }

    @Override
    protected World world() {
        return new Sockets();
    }

    @Test
    void port_isTheOneBound() {
        assertThat(two.port()).isEqualTo(world.address(2).internalPort());
    }

    /** A message carries many small batches, or a topic's producer states of up to 1 MiB. */
    @Test
    void messageOfOneMebibyte_passesHoweverSmallABatchMustBe() {
        try (GrpcNetwork sender = Sockets.start(0, 1_024);
                GrpcNetwork receiver = Sockets.start(0, 1_024)) {
            Service service = serve(receiver);
            PeerStream stream = sender.connect(
                    new NodeAddress("127.0.0.1", receiver.port(), 0, 0), RecordingReceiver.quick());
            stream.send(append(new byte[1 << 20]));
            await("there", () -> service.accepted() == 1 && service.ear().count() == 1);
        }
    }
}
