package io.lignum.server.cluster;

import com.fasterxml.jackson.databind.JsonNode;

import io.lignum.cluster.testing.ConsulProcess;
import io.lignum.cluster.testing.Place;
import io.lignum.server.CommandRun;

import org.awaitility.Awaitility;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Nodes and a Consul with a data directory, each a process of its own, on the loopback interface if
 * not placed elsewhere. One thread.
 */
public final class JarCluster implements AutoCloseable {

    /** Far more than anything takes on a quiet machine. */
    public static final Duration PATIENCE = Duration.ofMinutes(2);

    private final Path directory;
    private final List<String> settings = new ArrayList<>();
    private final List<ConsulProcess> consuls;
    private final List<NodeProcess> nodes = new ArrayList<>();
    private final Thread atExit = new Thread(() -> nodes().forEach(NodeProcess::kill));

    /** A Consul and no nodes yet. Settings are key, value, key, value ... of every node. */
    public JarCluster(Path directory, String... settings) {
        this(directory, Place.LOOPBACK, settings);
    }

    /** The same, with Consul in another place. */
    public JarCluster(Path directory, Place consulsPlace, String... settings) {
        this(
                directory,
                List.of(ConsulProcess.start(directory.resolve("consul"), consulsPlace)),
                settings);
    }

    /**
     * With these servers of a Consul, of which the first node asks the first one, the next the
     * next.
     */
    public JarCluster(Path directory, List<ConsulProcess> consuls, String... settings) {
        this.directory = directory;
        this.consuls = List.copyOf(consuls);
        this.settings.addAll(List.of(settings));
        Runtime.getRuntime().addShutdownHook(atExit);
    }

    /** With so many nodes, all in sync. */
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
     * Another node, not yet started; {@code more} are settings of its own, which beat the common
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

    /** The node that says of itself that it leads and takes writes; waits for one. */
    public NodeProcess leader() {
        return Awaitility.await("somebody leads")
                .atMost(PATIENCE)
                .pollDelay(Duration.ZERO)
                .ignoreExceptions()
                .until(
                        () -> nodes.stream().filter(JarCluster::leads).findFirst(),
                        Optional::isPresent)
                .orElseThrow();
    }

    /** A leader other than this node, which may be paused. */
    NodeProcess leaderOtherThan(NodeProcess former) {
        return Awaitility.await("somebody but " + former + " leads")
                .atMost(PATIENCE)
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

    /** Nodes that run and do not lead. */
    List<NodeProcess> followers() {
        NodeProcess leader = leader();
        return nodes.stream().filter(node -> node != leader && node.isAlive()).toList();
    }

    /** Starts those that do not run. */
    public void startAll() {
        nodes.stream().filter(node -> !node.isAlive()).forEach(NodeProcess::launch);
    }

    /** Until so many are in sync, and all that run say so and know where writes go. */
    public void awaitInSync(int count) {
        List<NodeProcess> running = nodes.stream().filter(NodeProcess::isAlive).toList();
        Awaitility.await(count + " nodes in sync")
                .atMost(PATIENCE)
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
        return CommandRun.of(
                Stream.concat(Arrays.stream(args), Stream.of("--server", node.address()))
                        .toArray(String[]::new));
    }

    @Override
    public void close() {
        nodes.forEach(NodeProcess::kill);
        consuls.forEach(ConsulProcess::close);
        Runtime.getRuntime().removeShutdownHook(atExit);
    }
}
