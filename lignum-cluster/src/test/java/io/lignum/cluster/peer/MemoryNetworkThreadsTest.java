package io.lignum.cluster.peer;

import io.lignum.cluster.sim.MemoryNetwork;
import io.lignum.cluster.sim.ThreadTicker;

import java.time.Duration;
import java.util.Random;
import java.util.function.BooleanSupplier;

/** The network's contract in real time, as the testkit uses it. */
final class MemoryNetworkThreadsTest extends NetworkContract {

    private static final class Real implements World {

        private final ThreadTicker ticker = new ThreadTicker("memory-network");
        private final MemoryNetwork network =
                new MemoryNetwork(ticker, new Random(1), MemoryNetwork.Quality.ordinary());

        @Override
        public NodeAddress address(int node) {
            return new NodeAddress("node" + node, 7000, 0, 0);
        }

        @Override
        public Network start(int node) {
            return network.node(address(node));
        }

        @Override
        public void await(String what, Duration atMost, BooleanSupplier condition) {
            Waiting.until(what, atMost, condition);
        }

        @Override
        public void cut(int one, int other) {
            network.cut(address(one), address(other));
        }

        @Override
        public void close() {
            ticker.close();
        }
    }

    @Override
    protected World world() {
        return new Real();
    }
}
