package io.lignum.bench.server;

import io.lignum.bench.cluster.Cluster;
import io.lignum.bench.cluster.JarClusterNode;
import io.lignum.bench.work.StandaloneNode;
import io.lignum.bench.work.WorkSettings;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** A node with the heap of Kafka's start script and default settings otherwise. */
final class LignumServer {

    private LignumServer() {}

    static Server start(WorkSettings settings) throws IOException {
        StandaloneNode node = StandaloneNode.start(
                settings, settings.directory().resolve("lignum"), "-Xms1g", "-Xmx1g");
        return Server.of(
                node.process(),
                () -> new LignumClients(List.of("127.0.0.1:" + node.grpcPort()), false));
    }

    /**
     * Starts Consul and nodes. Consumers prefer them in this order: followers first, the leader
     * last.
     */
    static Server startCluster(WorkSettings settings) throws IOException {
        Cluster cluster = Cluster.start(settings, settings.integer("nodes"));
        List<String> addresses = new ArrayList<>(
                cluster.leaderFirst().stream().map(JarClusterNode::address).toList());
        Collections.reverse(addresses);
        boolean live = settings.text("live").equals("yes");
        return new Server(cluster.processes(), () -> new LignumClients(addresses, live));
    }
}
