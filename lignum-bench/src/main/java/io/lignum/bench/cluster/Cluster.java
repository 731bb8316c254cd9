package io.lignum.bench.cluster;

import io.lignum.bench.work.ServerProcess;
import io.lignum.bench.work.WorkSettings;

import java.io.Closeable;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/** Consul and nodes from the real jar, on free ports of the loopback. Used by one thread. */
public final class Cluster implements Closeable {

    private static final Duration TIMEOUT = Duration.ofSeconds(1);
    private static final long LOOK_NANOS = 20_000_000;

    private final WorkSettings settings;
    private final ConsulServer consul;
    private final List<JarClusterNode> nodes = new ArrayList<>();
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(TIMEOUT).build();

    private Cluster(WorkSettings settings, ConsulServer consul) {
        this.settings = settings;
        this.consul = consul;
    }

    /** Starts the nodes, and waits until all are in sync. */
    public static Cluster start(WorkSettings settings, int nodes) throws IOException {
        Cluster cluster =
                new Cluster(settings, ConsulServer.start(settings.directory().resolve("consul")));
        try {
            for (int i = 0; i < nodes; i++) {
                cluster.add().launch();
            }
            for (JarClusterNode node : cluster.nodes) {
                node.awaitListening();
            }
            cluster.awaitAllInSync();
        } catch (IOException e) {
            cluster.close();
            throw e;
        }
        return cluster;
    }

    /** Adds a node that is not launched yet. */
    public JarClusterNode add() throws IOException {
        JarClusterNode node =
                new JarClusterNode(settings, "node-" + (nodes.size() + 1), consul.httpPort());
        nodes.add(node);
        return node;
    }

    public List<JarClusterNode> nodes() {
        return List.copyOf(nodes);
    }

    /** {@code host:port} of the gRPC listeners of all nodes. */
    public List<String> addresses() {
        return nodes.stream().map(JarClusterNode::address).toList();
    }

    /** The processes of Consul and of the nodes. */
    public List<ServerProcess> processes() {
        List<ServerProcess> all = new ArrayList<>();
        all.add(consul.process());
        nodes.forEach(node -> all.add(node.process()));
        return all;
    }

    /** Returns the view of the latest epoch, preferably the leader's. */
    public Optional<View> look() {
        return nodes.stream()
                .filter(JarClusterNode::isUp)
                .flatMap(node -> ask(node).stream())
                .max(Comparator.comparing(View::epoch).thenComparing(View::isLeaders));
    }

    private Optional<View> ask(JarClusterNode node) {
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + node.httpPort() + "/api/cluster"))
                .timeout(TIMEOUT)
                .build();
        try {
            HttpResponse<String> answer = http.send(request, BodyHandlers.ofString());
            return answer.statusCode() == 200
                    ? Optional.of(View.parse(answer.body()))
                    : Optional.empty();
        } catch (IOException doesNotAnswer) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Waits until the cluster satisfies the condition; fails after {@code atMost}. */
    public View await(String what, Duration atMost, Predicate<View> condition) throws IOException {
        long start = System.nanoTime();
        Optional<View> seen = look();
        while (seen.isEmpty() || !condition.test(seen.get())) {
            if (System.nanoTime() - start > atMost.toNanos()) {
                throw new IOException("after " + atMost.toSeconds() + " s still not " + what + ": "
                        + seen.map(View::toString).orElse("no node answers") + "; logs are in "
                        + settings.directory());
            }
            LockSupport.parkNanos(LOOK_NANOS);
            seen = look();
        }
        return seen.get();
    }

    /** Waits until a leader says that all nodes are in sync. */
    public View awaitAllInSync() throws IOException {
        return await(
                "all in sync",
                Duration.ofMinutes(2),
                view -> view.isLeaders() && view.inSync().size() == nodes.size());
    }

    /** The node with this id. */
    public JarClusterNode node(String id) {
        return nodes.stream().filter(node -> node.id().equals(id)).findFirst().orElseThrow();
    }

    /** The leader, followed by the other nodes. */
    public List<JarClusterNode> leaderFirst() throws IOException {
        View view = awaitAllInSync();
        JarClusterNode leader = node(view.leader().orElseThrow());
        List<JarClusterNode> order = new ArrayList<>(List.of(leader));
        nodes.stream().filter(node -> node != leader).forEach(order::add);
        return order;
    }

    @Override
    public void close() {
        List<ServerProcess> launched = new ArrayList<>();
        nodes.stream().filter(JarClusterNode::isLaunched).forEach(n -> launched.add(n.process()));
        ServerProcess.end(launched); // Before Consul, since they deregister there.
        ServerProcess.end(List.of(consul.process()));
    }
}
