package io.lignum.server;

import io.lignum.cluster.peer.Message;
import io.lignum.cluster.peer.Network;
import io.lignum.cluster.peer.NodeAddress;
import io.lignum.cluster.peer.PeerRequest;
import io.lignum.cluster.peer.PeerResponse;
import io.lignum.cluster.peer.PeerService;
import io.lignum.cluster.peer.PeerStream;
import io.lignum.cluster.peer.PeerStreamReceiver;
import io.lignum.server.metrics.NodeMetrics;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** Wraps another factory and counts the batches that its network receives from a leader. */
final class CountingFactory implements ClusterFactory {

    private final ClusterFactory counted;
    private final NodeMetrics metrics;

    CountingFactory(ClusterFactory counted, NodeMetrics metrics) {
        this.counted = counted;
        this.metrics = metrics;
    }

    @Override
    public Outside open(Spec spec, Consumer<Throwable> onFailure) {
        Outside outside = counted.open(spec, onFailure);
        return new Outside(
                outside.loop(),
                outside.coordinator(),
                new CountingNetwork(outside.network(), metrics));
    }

    private record CountingNetwork(Network network, NodeMetrics metrics) implements Network {

        @Override
        public void serve(PeerService service) {
            network.serve(service);
        }

        @Override
        public int port() {
            return network.port();
        }

        @Override
        public PeerStream connect(NodeAddress to, PeerStreamReceiver receiver) {
            return network.connect(to, new CountingReceiver(receiver, metrics));
        }

        @Override
        public CompletableFuture<PeerResponse> ask(
                NodeAddress to, PeerRequest question, Duration timeout) {
            return network.ask(to, question, timeout);
        }

        @Override
        public void close() {
            network.close();
        }
    }

    private record CountingReceiver(PeerStreamReceiver receiver, NodeMetrics metrics)
            implements PeerStreamReceiver {

        @Override
        public void received(Message message, Runnable done) {
            if (message instanceof Message.Append append) {
                metrics.replicated(append.batches().remaining());
            }
            receiver.received(message, done);
        }

        @Override
        public void writable() {
            receiver.writable();
        }

        @Override
        public void closed(String why) {
            receiver.closed(why);
        }
    }
}
