package io.lignum.server.cluster;

import com.fasterxml.jackson.databind.JsonNode;

import io.lignum.cluster.testing.ConsulProcess;
import io.lignum.cluster.testing.Place;
import io.lignum.server.CommandRun;

import org.awaitility.Awaitility;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Node processes and a Consul with a data directory, on the loopback unless placed elsewhere. One
 * thread.
 */
public final class JarCluster implements AutoCloseable {

    /** Much longer than any step takes on an idle machine. */
    public static final Duration TIMEOUT = Duration.ofMinutes(2);

    private final Path directory;
    private final List<String> settings = new ArrayList<>();
    private final List<ConsulProcess> consuls;
    private final List<NodeProcess> nodes = new ArrayList<>();
    private final Thread atExit = new Thread(() -> nodes().forEach(NodeProcess::kill));

    /** Consul without nodes. Settings of all nodes are key, value, key, value ... */
    public JarCluster(Path directory, String... settings) {
        this(directory, Place.LOOPBACK, settings);
    }

    /** The same with Consul in another place. */
    public JarCluster(Path directory, Place consulsPlace, String... settings) {
        this(
                directory,
                List.of(ConsulProcess.start(directory.resolve("consul"), consulsPlace)),
                settings);
    }

    /** With these Consul servers: the first node uses the first one, the next node the next. */
    public JarCluster(Path directory, List<ConsulProcess> consuls, String... settings) {
        this.directory = directory;
        this.consuls = List.copyOf(consuls);
        this.settings.addAll(List.of(settings));
        Runtime.getRuntime().addShutdownHook(atExit);
    }

    /** Starts {@code size} nodes and waits until all are in sync. */
    public static JarCluster of(Path directory, int size, String... settings) {
        JarCluster cluster = new JarCluster(directory, settings);
        for (int i = 0; i < size; i++) {
            cluster.add();
        }
        cluster.startAll();
        cluster.awaitInSync(size);
        return cluster;
    }

    /**
     * Adds a node that is not started; {@code more} are its own settings, which override the common
     * ones.
     */
    public NodeProcess add(String... more) {
        return addAt(Place.LOOPBACK, more);
    }

    /** The same, in another place. */
    public NodeProcess addAt(Place place, String... more) {
        List<String> all = new ArrayList<>(settings);
        all.addAll(consulSettings(consuls.get(nodes.size() % consuls.size())));
        all.addAll(List.of(more));
        String id = "node-" + (nodes.size() + 1);
        NodeProcess node = new NodeProcess(id, place, directory.resolve(id), all);
        nodes.add(node);
        return node;
    }

    private static List<String> consulSettings(ConsulProcess consul) {
        return List.of(
                "consul.host", consul.host(), "consul.port", Integer.toString(consul.httpPort()));
    }

    /** The only one, or the first. */
    public ConsulProcess consul() {
        return consuls.get(0);
    }

    public List<ConsulProcess> consuls() {
        return consuls;
    }

    public List<NodeProcess> nodes() {
        return List.copyOf(nodes);
    }

    NodeProcess node(String id) {
        return nodes.stream().filter(node -> node.id().equals(id)).findFirst().orElseThrow();
    }

    /** Waits for a node that reports that it leads and accepts writes. */
    public NodeProcess leader() {
        return Awaitility.await("a node leads")
                .atMost(TIMEOUT)
                .pollDelay(Duration.ZERO)
                .ignoreExceptions()
                .until(
                        () -> nodes.stream().filter(JarCluster::leads).findFirst(),
                        Optional::isPresent)
                .orElseThrow();
    }

    /** Waits for a leader other than this node, which may be paused. */
    NodeProcess leaderOtherThan(NodeProcess former) {
        return Awaitility.await("another node than " + former + " leads")
                .atMost(TIMEOUT)
                .ignoreExceptions()
                .until(
                        () -> nodes.stream()
                                .filter(node -> node != former)
                                .filter(JarCluster::leads)
                                .findFirst(),
                        Optional::isPresent)
                .orElseThrow();
    }

    private static boolean leads(NodeProcess node) {
        if (!node.isAlive()) {
            return false;
        }
        try {
            JsonNode status = node.get("/api/cluster");
            return status.get("role").asText().equals("leader")
                    && status.get("writes").asBoolean();
        } catch (RuntimeException notYet) {
            return false;
        }
    }

    /** Running nodes that do not lead. */
    List<NodeProcess> followers() {
        NodeProcess leader = leader();
        return nodes.stream().filter(node -> node != leader && node.isAlive()).toList();
    }

    /** Starts the nodes that do not run. */
    public void startAll() {
        nodes.stream().filter(node -> !node.isAlive()).forEach(NodeProcess::launch);
    }

    /**
     * Waits until {@code count} nodes are in sync, and all running nodes report this and know the
     * leader.
     */
    public void awaitInSync(int count) {
        List<NodeProcess> running = nodes.stream().filter(NodeProcess::isAlive).toList();
        Awaitility.await(count + " nodes in sync")
                .atMost(TIMEOUT)
                .failFast("a node ended", () -> !running.stream().allMatch(NodeProcess::isAlive))
                .ignoreExceptions()
                .until(() -> running.stream().allMatch(node -> {
                    JsonNode status = node.get("/api/cluster");
                    return status.get("in_sync").size() == count
                            && status.get("writes").asBoolean();
                }));
    }

    /** The addresses of all. */
    public String[] addresses() {
        return nodes.stream().map(NodeProcess::address).toArray(String[]::new);
    }

    /** A command of {@code lignum} that asks this node. */
    public static CommandRun lignum(NodeProcess node, String... args) {
        List<String> all = new ArrayList<>(List.of(args));
        all.addAll(List.of("--server", node.address()));
        all.addAll(node.access().options());
        return CommandRun.of(all.toArray(String[]::new));
    }

    /** From now on this test calls all nodes so. */
    public void access(TestLogins access) {
        nodes.forEach(node -> node.access(access));
    }

    @Override
    public void close() {
        nodes.forEach(NodeProcess::kill);
        consuls.forEach(ConsulProcess::close);
        Runtime.getRuntime().removeShutdownHook(atExit);
    }
}
