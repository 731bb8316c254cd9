package io.lignum.testkit;

import io.lignum.client.LignumClient;
import io.lignum.cluster.ClusterStatus;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * A cluster of Lignum nodes in this JVM, with faults. The nodes have real files and real ports for
 * clients; the coordinator and the network between nodes are in memory. Needs neither Consul nor
 * Docker.
 *
 * <pre>{@code
 * try (LignumTestCluster cluster = LignumTestCluster.start(3);
 *         LignumClient client = cluster.connect()) {
 *     // use the client
 *     cluster.leader().kill();
 *     // continue to use it
 * }
 * }</pre>
 *
 * <p>Time is real: after a leader is killed, the cluster needs about two seconds to elect another.
 * Several clusters can exist at the same time. Any thread. The data is in a temporary directory,
 * which {@link #close} deletes.
 */
public final class LignumTestCluster implements AutoCloseable {

    private static final int MAX_NODES = 9;
    private static final long POLL_NANOS = 5_000_000;

    private final SharedServices services = new SharedServices();
    private final BackgroundWork background = new BackgroundWork();
    private final Path directory;
    private final Map<String, String> settings;
    private final Duration patience;
    private final List<TestNode> nodes;

    private LignumTestCluster(Builder builder) {
        settings = Map.copyOf(builder.settings);
        patience = builder.patience;
        directory = TestFiles.createDirectory();
        nodes = IntStream.rangeClosed(1, builder.nodes)
                .mapToObj(number -> new TestNode(this, services, number))
                .toList();
    }

    /**
     * Starts a cluster with default settings, and returns when all nodes are in sync.
     *
     * @param nodes 1 to 9
     * @throws IllegalStateException the nodes are not in sync after 60 seconds
     */
    public static LignumTestCluster start(int nodes) {
        return builder().nodes(nodes).start();
    }

    /** Begins a cluster with other settings. */
    public static Builder builder() {
        return new Builder();
    }

    /** The settings of a cluster. For one thread at a time. */
    public static final class Builder {
        private int nodes = 3;
        private Duration patience = Duration.ofSeconds(60);
        private final Map<String, String> settings = new LinkedHashMap<>();

        private Builder() {
            // The shortest interval, so that tests of topics in wal mode do not wait.
            settings.put("replication.wal-sync-interval-in-sec", "1");
            // Without one each node logs a warning.
            settings.put("cluster.secret", "the secret of a test");
        }

        /** The number of nodes, 1 to 9; default 3. */
        public Builder nodes(int count) {
            if (count < 1 || count > MAX_NODES) {
                throw new IllegalArgumentException("nodes is 1 to " + MAX_NODES + ", not " + count);
            }
            nodes = count;
            return this;
        }

        /**
         * Sets a key of {@code config.yml}, such as {@code limits.max-topics}, for every node. An
         * invalid key or value fails in {@link #start}.
         */
        public Builder setting(String key, String value) {
            settings.put(key, value);
            return this;
        }

        /** How long the await methods wait before they fail; default 60 seconds. */
        public Builder patience(Duration atMost) {
            patience = atMost;
            return this;
        }

        /**
         * Starts the nodes, and returns when all are in sync.
         *
         * @throws IllegalStateException the nodes are not in sync in time
         */
        public LignumTestCluster start() {
            LignumTestCluster cluster = new LignumTestCluster(this);
            try {
                Parallel.run(cluster.nodes, TestNode::start);
                cluster.awaitInSync();
            } catch (RuntimeException notStarted) {
                closeAfter(notStarted, cluster);
                throw notStarted;
            }
            return cluster;
        }

        private static void closeAfter(RuntimeException failure, LignumTestCluster cluster) {
            try {
                cluster.close();
            } catch (RuntimeException notClosed) {
                failure.addSuppressed(notClosed);
            }
        }
    }

    /** Opens a client of this cluster. The caller closes it. */
    public LignumClient connect() {
        return LignumClient.connect(addresses().toArray(String[]::new));
    }

    /** {@code host:port} of the gRPC listeners of all nodes. */
    public List<String> addresses() {
        return nodes.stream().map(TestNode::address).toList();
    }

    /** All nodes, running or not, in the order of their numbers. */
    public List<TestNode> nodes() {
        return nodes;
    }

    /**
     * A node by its number, from 1 on.
     *
     * @throws IllegalArgumentException there is no such node
     */
    public TestNode node(int number) {
        if (number < 1 || number > nodes.size()) {
            throw new IllegalArgumentException("there are nodes 1 to " + nodes.size());
        }
        return nodes.get(number - 1);
    }

    /** The leader; waits for one as {@link #awaitLeader} does. */
    public TestNode leader() {
        return awaitLeader();
    }

    /** All running nodes but the leader, in the order of their numbers. Waits for a leader. */
    public List<TestNode> followers() {
        TestNode leader = leader();
        return nodes.stream().filter(node -> node != leader && node.isRunning()).toList();
    }

    // ---- faults between nodes

    /** Blocks all traffic between two nodes. Each still reaches the others and the coordinator. */
    public void partition(TestNode one, TestNode other) {
        services.cut(one, other);
    }

    /** Blocks all traffic between two groups of nodes. Each node still reaches the coordinator. */
    public void partition(Collection<TestNode> these, Collection<TestNode> those) {
        these.forEach(one -> those.forEach(other -> partition(one, other)));
    }

    /** Ends all partitions and isolations. */
    public void heal() {
        services.heal();
        nodes.stream().filter(TestNode::isIsolated).forEach(TestNode::rejoin);
    }

    /**
     * Ends all faults, starts the nodes that are down or have failed, and returns when all nodes
     * are in sync.
     *
     * @throws IllegalStateException they are not in sync in time
     */
    public void repair() {
        heal();
        for (TestNode node : nodes) {
            node.slowNetwork(Duration.ZERO);
            node.healDisk();
            node.resume();
        }
        Parallel.run(nodes.stream().filter(node -> !node.isRunning()).toList(), node -> {
            node.kill(); // A failed node still has its files open.
            node.start();
        });
        awaitInSync();
    }

    // ---- waits

    /**
     * Waits for a leader that the other nodes can reach, and returns it. An isolated or paused node
     * does not count, even if it believes that it leads.
     *
     * @throws IllegalStateException no node leads in time, or the thread is interrupted
     */
    public TestNode awaitLeader() {
        return await("leader", this::findLeader);
    }

    /**
     * Waits until the nodes that run, and are neither isolated nor paused, are in sync, know the
     * leader, and serve to readers what the leader had in its logs when this was called.
     *
     * @throws IllegalStateException this is not so in time, or the thread is interrupted
     */
    public void awaitInSync() {
        TestNode leader = await("sync of all nodes", () -> findLeader().filter(this::allFollow));
        // A new leader cannot serve the end of its log to readers yet.
        Map<String, Long> wanted = leader.logEnds();
        await(
                "sync of all nodes",
                () -> findLeader().filter(now -> allFollow(now) && allHave(now, wanted)));
    }

    private Optional<TestNode> findLeader() {
        record Candidate(TestNode node, int epoch) {}
        List<Candidate> leaders = new ArrayList<>();
        for (TestNode node : nodes) {
            node.reachableStatus()
                    .filter(status -> status.role() == ClusterStatus.Role.LEADER)
                    .ifPresent(status -> leaders.add(new Candidate(node, status.epoch())));
        }
        return leaders.stream()
                .max(Comparator.comparingInt(Candidate::epoch))
                .map(Candidate::node)
                .filter(TestNode::acceptsWrites);
    }

    /**
     * Compares with the leader's present log only, since a failover may lose records of topics in
     * wal mode.
     */
    private boolean allHave(TestNode leader, Map<String, Long> wanted) {
        Map<String, Long> present = leader.logEnds();
        for (TestNode node : nodes) {
            if (node.reachableStatus().isPresent()) {
                Map<String, Long> ends = node.readableEnds();
                for (String topic : present.keySet()) {
                    long end = Math.min(present.get(topic), wanted.getOrDefault(topic, 0L));
                    if (!ends.containsKey(topic) || ends.get(topic) < end) {
                        return false;
                    }
                }
            }
        }
        return true;
    }

    private boolean allFollow(TestNode leader) {
        List<String> inSync = leader.status().inSync();
        for (TestNode node : nodes) {
            Optional<ClusterStatus> status = node.reachableStatus();
            if (status.isPresent()
                    && !(inSync.contains(node.id())
                            && status.get().leader().equals(Optional.of(leader.id()))
                            && node.acceptsWrites())) {
                return false;
            }
        }
        return true;
    }

    private <T> T await(String what, Supplier<Optional<T>> look) {
        long startNanos = System.nanoTime();
        while (true) {
            background.throwFailures();
            Optional<T> found = look.get();
            if (found.isPresent()) {
                return found.get();
            }
            if (System.nanoTime() - startNanos > patience.toNanos()) {
                throw new IllegalStateException(
                        "no " + what + " within " + patience + ": " + nodes);
            }
            if (Thread.currentThread().isInterrupted()) {
                throw new IllegalStateException("interrupted while waiting for " + what);
            }
            LockSupport.parkNanos(this, POLL_NANOS);
        }
    }

    BackgroundWork background() {
        return background;
    }

    Path directory() {
        return directory;
    }

    Map<String, String> settings() {
        return settings;
    }

    List<TestNode> nodesBut(TestNode one) {
        return nodes.stream().filter(node -> node != one).toList();
    }

    /**
     * Kills all nodes and deletes their data.
     *
     * @throws IllegalStateException work in the background has failed since the last await
     */
    @Override
    public void close() {
        try {
            Parallel.run(nodes, TestNode::kill);
        } finally {
            services.close();
            TestFiles.delete(directory);
        }
        background.throwFailures();
    }
}
