package io.lignum.server.cluster;

import io.lignum.cluster.ClusterStatus;
import io.lignum.cluster.ThreadLoop;
import io.lignum.cluster.peer.NodeAddress;
import io.lignum.cluster.sim.MemoryCoordinator;
import io.lignum.cluster.sim.MemoryNetwork;
import io.lignum.cluster.sim.ThreadTicker;
import io.lignum.cluster.sim.Ticker;
import io.lignum.server.ClusterFactory;
import io.lignum.server.LignumNode;
import io.lignum.server.TestNode;
import io.lignum.server.config.ConfigLoader;

import org.awaitility.Awaitility;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;

/** Nodes with real listeners, disks and loops, and a coordinator and network that are in memory. */
final class TestCluster implements AutoCloseable {

    static final Duration TIMEOUT = Duration.ofSeconds(60);

    private final ThreadTicker ticker = new ThreadTicker("test-ticker");
    private final MemoryCoordinator coordinator;
    private final MemoryNetwork network;
    private final Path directory;
    private final List<LignumNode> nodes = new ArrayList<>();

    TestCluster(Path directory) {
        this.directory = directory;
        long seed = Long.getLong("lignum.seed", 1);
        System.out.println("seed " + seed);
        coordinator = new MemoryCoordinator(ticker, new Random(seed));
        network = new MemoryNetwork(
                (Ticker) ticker, new Random(seed + 1), MemoryNetwork.Quality.ordinary());
    }

    /** One after the other, all in sync in the end. */
    static TestCluster of(Path directory, int size) {
        TestCluster cluster = new TestCluster(directory);
        for (int i = 1; i <= size; i++) {
            cluster.start(i);
        }
        cluster.awaitInSync(size);
        return cluster;
    }

    LignumNode start(int number, String... settings) {
        ConfigLoader loader = new ConfigLoader()
                .embedded(directory.resolve("node-" + number))
                .set("consul.host", "localhost")
                .set("node.id", "node-" + number)
                .set("replication.wal-sync-interval-in-sec", "1");
        for (int i = 0; i < settings.length; i += 2) {
            loader.set(settings[i], settings[i + 1]);
        }
        LignumNode node =
                LignumNode.start(loader.load(), new InMemory("node-" + number, 10_000 + number));
        nodes.add(node);
        return node;
    }

    private final class InMemory implements ClusterFactory {
        private final String id;
        private final int port;

        InMemory(String id, int port) {
            this.id = id;
            this.port = port;
        }

        @Override
        public Outside open(Spec spec, Consumer<Throwable> onFailure) {
            coordinator.port(id, true);
            return new Outside(
                    ThreadLoop.start("loop-" + id, onFailure),
                    coordinator.view(id),
                    network.node(new NodeAddress(spec.settings().advertisedHost(), port, 0, 0)));
        }
    }

    LignumNode node(int number) {
        return nodes.get(number - 1);
    }

    /** Of a node that was not started again. */
    int number(LignumNode node) {
        return nodes.indexOf(node) + 1;
    }

    /** Whether the coordinator takes the node's process for alive. */
    boolean isAlive(String nodeId) {
        return coordinator.entries("").stream()
                .anyMatch(entry -> entry.key().endsWith("/live/" + nodeId)
                        && entry.session().isPresent());
    }

    LignumNode leader() {
        Awaitility.await().atMost(TIMEOUT).until(() -> nodes.stream().anyMatch(TestCluster::leads));
        return nodes.stream().filter(TestCluster::leads).findFirst().orElseThrow();
    }

    LignumNode follower() {
        LignumNode leader = leader();
        return nodes.stream()
                .filter(node -> node != leader && node.service().isReady())
                .findFirst()
                .orElseThrow();
    }

    static ClusterStatus status(LignumNode node) {
        return node.session().overview().status();
    }

    private static boolean leads(LignumNode node) {
        return node.service().isReady() && status(node).role() == ClusterStatus.Role.LEADER;
    }

    void awaitInSync(int count) {
        Awaitility.await().atMost(TIMEOUT).until(() -> {
            LignumNode leader = leader();
            return status(leader).inSync().size() == count
                    && nodes.stream()
                            .filter(node -> node.service().isReady())
                            .allMatch(node -> node.session().overview().takesWrites());
        });
    }

    static HttpResponse<String> post(LignumNode node, String path, String body) {
        return send(node, "POST", path, body);
    }

    static HttpResponse<String> get(LignumNode node, String path) {
        return send(node, "GET", path, "");
    }

    static HttpResponse<String> send(LignumNode node, String method, String path, String body) {
        java.net.http.HttpRequest request = java.net.http.HttpRequest.newBuilder(
                        java.net.URI.create("http://127.0.0.1:" + node.httpPort() + path))
                .timeout(TIMEOUT)
                .method(method, java.net.http.HttpRequest.BodyPublishers.ofString(body))
                .build();
        return TestNode.send(request);
    }

    @Override
    public void close() {
        nodes.forEach(LignumNode::close);
        ticker.close();
    }
}
