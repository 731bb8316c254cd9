package io.lignum.cluster.node;

import io.lignum.cluster.coordinator.TxnOp;
import io.lignum.cluster.sim.SimulatedCluster;
import io.lignum.cluster.sim.SimulatedNode;

import java.time.Duration;
import java.util.List;
import java.util.Random;

/** The faults of the network and the coordinator. */
final class BetweenNodes {

    private static final String LOCK = "service/lignum/key/master";

    private final SimulatedCluster cluster;
    private final Random random;

    BetweenNodes(SimulatedCluster cluster, Random random) {
        this.cluster = cluster;
        this.random = random;
    }

    void act(Fault fault, SimulatedNode node, SimulatedNode other) {
        switch (fault) {
            case CUT -> cluster.network().cut(node.address(), other.address());
            case CUT_ONE_WAY -> cluster.network().cutOneWay(node.address(), other.address());
            case ISOLATE -> cluster.network().isolate(node.address());
            case RESET -> cluster.network().reset(node.address());
            case NETWORK_HEALS -> cluster.network().healAll();
            case COORDINATOR_CUT -> cluster.coordinator().cut(node.id());
            case COORDINATOR_LAGS -> cluster.coordinator().lag(node.id());
            case COORDINATOR_HEALS -> cluster.coordinator().heal(node.id());
            case COORDINATOR_ELECTS ->
                cluster.coordinator().elect(Duration.ofMillis(random.nextInt(3_000)));
            case LOCK_OVERWRITTEN -> {
                var unused = cluster.coordinator()
                        .view("operator")
                        .transact(List.of(new TxnOp.Put(LOCK, "by hand " + random.nextInt(100))));
            }
            case SLOW_NETWORK -> {
                long millis = random.nextInt(2) * (long) random.nextInt(300);
                cluster.network().slow(node.address(), Duration.ofMillis(millis));
            }
            default -> throw new IllegalArgumentException(fault + " is not between the nodes");
        }
    }
}
