package io.lignum.bench.counts;

import io.lignum.bench.cluster.Cluster;
import io.lignum.bench.cluster.JarClusterNode;
import io.lignum.bench.work.StandaloneNode;
import io.lignum.bench.work.WorkSettings;

import java.io.Closeable;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A standalone node or a cluster, started from the jar. Used by one thread. */
interface CountedNodes extends Closeable {

    /** {@code host:port} of the gRPC listeners of all nodes. */
    List<String> addresses();

    /**
     * The ids of the processes to measure, by their role: the leader and one of its followers, or
     * the only node.
     */
    Map<String, Long> pidsByRole() throws IOException;

    static CountedNodes standalone(WorkSettings settings) throws IOException {
        String heap = settings.text("heap");
        StandaloneNode node = StandaloneNode.start(
                settings, settings.directory().resolve("standalone"), "-Xms" + heap, "-Xmx" + heap);
        return new Standalone(node);
    }

    /** Three nodes and Consul; returns when all are in sync. */
    static CountedNodes cluster(WorkSettings settings) throws IOException {
        return new Replicated(Cluster.start(settings, Replicated.NODES));
    }

    /** One node. */
    record Standalone(StandaloneNode node) implements CountedNodes {

        @Override
        public List<String> addresses() {
            return List.of("127.0.0.1:" + node.grpcPort());
        }

        @Override
        public Map<String, Long> pidsByRole() {
            return Map.of("node", node.process().pid());
        }

        @Override
        public void close() throws IOException {
            node.close();
        }
    }

    /** A cluster of three. */
    record Replicated(Cluster cluster) implements CountedNodes {

        private static final int NODES = 3;

        @Override
        public List<String> addresses() {
            return cluster.addresses();
        }

        @Override
        public Map<String, Long> pidsByRole() throws IOException {
            List<JarClusterNode> nodes = cluster.leaderFirst();
            Map<String, Long> pids = new LinkedHashMap<>();
            pids.put("leader", nodes.get(0).process().pid());
            pids.put("follower", nodes.get(1).process().pid());
            return pids;
        }

        @Override
        public void close() {
            cluster.close();
        }
    }
}
