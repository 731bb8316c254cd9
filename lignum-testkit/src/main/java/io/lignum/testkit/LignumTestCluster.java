package io.lignum.testkit;

import io.lignum.client.LignumClient;
import io.lignum.cluster.ClusterStatus;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * A cluster of Lignum in this JVM: whole nodes with real files and real ports for clients, whose
 * coordinator and whose network between them are in memory, so that faults can be made. Needs
 * neither Consul nor Docker.
 *
 * <pre>{@code
 * try (LignumTestCluster cluster = LignumTestCluster.start(3);
 *         LignumClient client = cluster.connect()) {
 *     // use the client
 *     cluster.leader().kill();
 *     // use it on
 * }
 * }</pre>
 *
 * <p>Time is real: to notice a dead leader and elect another takes about two seconds. Several
 * clusters can be there at the same time. Any thread. The data is in a directory of its own, gone
 * after {@link #close}.
 */
public final class LignumTestCluster implements AutoCloseable {

    private static final int MAX_NODES = 9;
    private static final long POLL_NANOS = 5_000_000;

    private final SharedServices surroundings = new SharedServices();
    private final Path directory;
    private final Map<String, String> settings;
    private final Duration patience;
    private final List<TestNode> nodes;

    private LignumTestCluster(Builder builder) {
        settings = Map.copyOf(builder.settings);
        patience = builder.patience;
        directory = TestFiles.createDirectory();
        nodes = IntStream.rangeClosed(1, builder.nodes)
                .mapToObj(number -> new TestNode(this, surroundings, number))
                .toList();
    }

    /** So many nodes, all in sync. */
    public static LignumTestCluster start(int nodes) {
        return builder().nodes(nodes).start();
    }

    /** For other settings. */
    public static Builder builder() {
        return new Builder();
    }

    /** Settings of a cluster. */
    public static final class Builder {
        private int nodes = 3;
        private Duration patience = Duration.ofSeconds(60);
        private final Map<String, String> settings = new LinkedHashMap<>();

        private Builder() {
            // The shortest there is, so that tests of topics that are shipped now and then need not
            // wait.
            settings.put("replication.wal-sync-interval-in-sec", "1");
            settings.put("cluster.secret", "of a test"); // Else each node warns that it has none.
        }

        /** 1 to 9; 3 unless set. */
        public Builder nodes(int count) {
            if (count < 1 || count > MAX_NODES) {
                throw new IllegalArgumentException("nodes is 1 to " + MAX_NODES + ", not " + count);
            }
            nodes = count;
            return this;
        }

        /**
         * A setting of every node, by its key in {@code config.yml}, such as
         * {@code limits.max-topics}.
         */
        public Builder setting(String key, String value) {
            settings.put(key, value);
            return this;
        }

        /** How long the cluster's await methods wait before they fail; 60 s unless set. */
        public Builder patience(Duration atMost) {
            patience = atMost;
            return this;
        }

        /** Starts the nodes and returns once all are in sync. */
        public LignumTestCluster start() {
            LignumTestCluster cluster = new LignumTestCluster(this);
            try {
                Parallel.run(cluster.nodes, TestNode::start);
                cluster.awaitInSync();
            } catch (RuntimeException e) {
                cluster.close();
                throw e;
            }
            return cluster;
        }
    }

    /** A client of this cluster, the caller's to close. */
    public LignumClient connect() {
        return LignumClient.connect(addresses().toArray(String[]::new));
    }

    /** {@code host:port} of all nodes' gRPC listeners. */
    public List<String> addresses() {
        return nodes.stream().map(TestNode::address).toList();
    }

    /** All, whether they run or not, in the order of their numbers. */
    public List<TestNode> nodes() {
        return nodes;
    }

    /** By its number, from 1 on. */
    public TestNode node(int number) {
        if (number < 1 || number > nodes.size()) {
            throw new IllegalArgumentException("there are nodes 1 to " + nodes.size());
        }
        return nodes.get(number - 1);
    }

    /** The node that leads; waits for one if need be, as {@link #awaitLeader}. */
    public TestNode leader() {
        return awaitLeader();
    }

    /** All nodes that run and do not lead, in the order of their numbers. */
    public List<TestNode> followers() {
        TestNode leader = leader();
        return nodes.stream().filter(node -> node != leader && node.isRunning()).toList();
    }

    // ---- faults between nodes

    /** Lets nothing through between the two. Each still reaches the others and the coordinator. */
    public void partition(TestNode one, TestNode other) {
        surroundings.cut(one, other);
    }

    /** Lets nothing through between these and those. Each still reaches the coordinator. */
    public void partition(Collection<TestNode> these, Collection<TestNode> those) {
        these.forEach(one -> those.forEach(other -> partition(one, other)));
    }

    /** Ends all partitions and isolations. */
    public void heal() {
        surroundings.heal();
        nodes.stream().filter(TestNode::isIsolated).forEach(TestNode::rejoin);
    }

    /**
     * Ends whatever is wrong, starts the nodes that are down or have failed, and returns once all
     * are in sync.
     */
    public void repair() {
        heal();
        for (TestNode node : nodes) {
            node.slowNetwork(Duration.ZERO);
            node.healDisk();
            node.resume();
        }
        Parallel.run(nodes.stream().filter(node -> !node.isRunning()).toList(), node -> {
            node.kill(); // One that failed holds its files still.
            node.start();
        });
        awaitInSync();
    }

    // ---- waiting

    /**
     * The node that leads and that the others hear: one that is isolated or paused does not count,
     * whatever it believes. Waits for it; an IllegalStateException after the cluster's patience.
     */
    public TestNode awaitLeader() {
        return await("leader", this::findLeader);
    }

    /**
     * Waits until all nodes that run, and are neither isolated nor paused, are in sync, know who
     * leads, and have for their readers what the leader had at the call.
     */
    public void awaitInSync() {
        TestNode leader = await("sync of all nodes", () -> findLeader().filter(this::allFollow));
        // A new leader has in its log what it cannot give to readers yet.
        Map<String, Long> wanted = leader.logEnds();
        await(
                "sync of all nodes",
                () -> findLeader().filter(now -> allFollow(now) && allHave(now, wanted)));
    }

    private Optional<TestNode> findLeader() {
        TestNode best = null;
        int epoch = -1;
        for (TestNode node : nodes) {
            Optional<ClusterStatus> status = node.heardStatus();
            if (status.isPresent()
                    && status.get().role() == ClusterStatus.Role.LEADER
                    && status.get().epoch() > epoch) {
                best = node;
                epoch = status.get().epoch();
            }
        }
        return Optional.ofNullable(best).filter(TestNode::takesWrites);
    }

    /**
     * What a new leader does not have, of a topic that is shipped now and then, nobody will have.
     */
    private boolean allHave(TestNode leader, Map<String, Long> wanted) {
        Map<String, Long> present = leader.logEnds();
        for (TestNode node : nodes) {
            if (node.heardStatus().isPresent()) {
                Map<String, Long> ends = node.readableEnds();
                for (String topic : present.keySet()) {
                    long end = Math.min(present.get(topic), wanted.getOrDefault(topic, 0L));
                    if (ends.getOrDefault(topic, -1L) < end) {
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
            Optional<ClusterStatus> status = node.heardStatus();
            if (status.isPresent()
                    && !(inSync.contains(node.id())
                            && status.get().leader().equals(Optional.of(leader.id()))
                            && node.takesWrites())) {
                return false;
            }
        }
        return true;
    }

    private <T> T await(String what, Supplier<Optional<T>> look) {
        long begun = System.nanoTime();
        while (true) {
            Optional<T> found = look.get();
            if (found.isPresent()) {
                return found.get();
            }
            if (System.nanoTime() - begun > patience.toNanos()) {
                throw new IllegalStateException(
                        "no " + what + " within " + patience + ": " + nodes);
            }
            if (Thread.currentThread().isInterrupted()) {
                throw new IllegalStateException("interrupted while waiting for " + what);
            }
            LockSupport.parkNanos(this, POLL_NANOS);
        }
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

    /** Ends all nodes at once and deletes their data. */
    @Override
    public void close() {
        try {
            Parallel.run(nodes, TestNode::kill);
        } finally {
            surroundings.close();
            TestFiles.delete(directory);
        }
    }
}
