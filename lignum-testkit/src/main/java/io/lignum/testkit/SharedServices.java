package io.lignum.testkit;

import io.lignum.cluster.coordinator.Coordinator;
import io.lignum.cluster.peer.Network;
import io.lignum.cluster.peer.NodeAddress;
import io.lignum.cluster.sim.MemoryCoordinator;
import io.lignum.cluster.sim.MemoryNetwork;
import io.lignum.cluster.sim.ThreadTicker;

import java.time.Duration;
import java.util.List;
import java.util.Random;

/** The in-memory coordinator and network of one cluster. Any thread. */
final class SharedServices implements AutoCloseable {

    private final ThreadTicker ticker = new ThreadTicker("lignum-testkit");
    private final MemoryCoordinator coordinator = new MemoryCoordinator(ticker, new Random());
    private final MemoryNetwork network =
            new MemoryNetwork(ticker, new Random(), MemoryNetwork.Quality.ordinary());

    Coordinator coordinator(TestNode node) {
        return coordinator.view(node.id());
    }

    Network network(TestNode node) {
        return network.node(address(node));
    }

    /** The network does not bind the address, so any port will do. */
    private static NodeAddress address(TestNode node) {
        return new NodeAddress("127.0.0.1", node.number(), 0, 0);
    }

    /** Whether the coordinator's checks reach the node. */
    void reachable(TestNode node, boolean reachable) {
        coordinator.port(node.id(), reachable);
    }

    void crash(TestNode node) {
        reachable(node, false);
        network.crash(address(node));
    }

    void cut(TestNode one, TestNode other) {
        network.cut(address(one), address(other));
    }

    void isolate(TestNode node, List<TestNode> others) {
        coordinator.cut(node.id());
        reachable(node, false);
        others.forEach(other -> cut(node, other));
    }

    void rejoin(TestNode node, List<TestNode> others, boolean runs) {
        coordinator.heal(node.id());
        reachable(node, runs);
        others.forEach(other -> network.heal(address(node), address(other)));
    }

    void slow(TestNode node, Duration extra) {
        network.slow(address(node), extra);
    }

    void heal() {
        network.healAll();
    }

    @Override
    public void close() {
        ticker.close();
    }
}
