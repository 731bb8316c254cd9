package io.lignum.cluster.sim;

import io.lignum.cluster.AppendResult;
import io.lignum.cluster.ClusterConfig;
import io.lignum.cluster.ClusterStatus;
import io.lignum.cluster.NotLeaderPolicy;
import io.lignum.record.LogRecord;
import io.lignum.record.StoredRecord;
import io.lignum.storage.TopicConfig;
import io.lignum.storage.sim.PowerCut;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** A whole cluster in one thread, driven by a seed. */
public final class SimulatedCluster {

    private static final Duration STEP = Duration.ofMillis(5);

    private final SimulatedTime time;
    private final MemoryCoordinator coordinator;
    private final MemoryNetwork network;
    private final UnaryOperator<ClusterConfig> settings;
    private final List<SimulatedNode> nodes = new ArrayList<>();
    private int made;
    private Consumer<SimulatedNode> powerCut = node -> {};

    public SimulatedCluster(long seed, int size) {
        this(seed, size, UnaryOperator.identity());
    }

    /** Starts all nodes, one after the other. */
    public SimulatedCluster(long seed, int size, UnaryOperator<ClusterConfig> settings) {
        time = new SimulatedTime(seed);
        coordinator = new MemoryCoordinator(time);
        network =
                new MemoryNetwork(Ticker.of(time), time.random(), MemoryNetwork.Quality.ordinary());
        network.tap(time.trace()::arrives);
        this.settings = settings;
        for (int i = 1; i <= size; i++) {
            add();
        }
    }

    /** Adds a node with an empty disk that does not run yet. */
    public SimulatedNode add() {
        SimulatedNode node = new SimulatedNode(++made, time, coordinator, network, settings);
        nodes.add(node);
        return node;
    }

    /** Removes a node that will never run again. */
    public void remove(SimulatedNode node) {
        nodes.remove(node);
    }

    /** Starts all nodes and waits until one leads and all are in sync. */
    public SimulatedCluster start() {
        nodes.forEach(SimulatedNode::start);
        awaitInSync(nodes.size());
        return this;
    }

    public SimulatedTime time() {
        return time;
    }

    public MemoryCoordinator coordinator() {
        return coordinator;
    }

    public MemoryNetwork network() {
        return network;
    }

    public List<SimulatedNode> nodes() {
        return Collections.unmodifiableList(nodes);
    }

    /** The node at this position, from 1. */
    public SimulatedNode node(int number) {
        return nodes.get(number - 1);
    }

    public Optional<SimulatedNode> findLeader() {
        return nodes.stream()
                .filter(SimulatedNode::isRunning)
                .filter(node -> node.node().status().role() == ClusterStatus.Role.LEADER)
                .reduce((first, second) ->
                        second.node().status().epoch() > first.node().status().epoch()
                                ? second
                                : first);
    }

    /** The leader; fails if no node leads within half a minute. */
    public SimulatedNode leader() {
        until(Duration.ofSeconds(30), () -> findLeader().isPresent());
        return findLeader().orElseThrow();
    }

    /** A running node that does not lead. */
    public SimulatedNode follower() {
        SimulatedNode leader = leader();
        return nodes.stream()
                .filter(node -> node.isRunning() && node != leader)
                .findFirst()
                .orElseThrow();
    }

    public void awaitInSync(int count) {
        until(
                Duration.ofSeconds(60),
                () -> findLeader()
                        .filter(leader -> leader.node().status().inSync().size() == count)
                        .isPresent());
    }

    /** From now on forces take time, mostly little. */
    public void forcesTakeTime() {
        nodes.forEach(node -> node.slowDisk(false));
    }

    /** Called with each node that {@link SimulatedNode#cutPowerAt} has ended. */
    public void onPowerCut(Consumer<SimulatedNode> listener) {
        powerCut = listener;
    }

    /** Lets time pass. Nodes whose power is cut meanwhile are off afterwards. */
    public void run(Duration span) {
        long end = time.monotonicNanos() + span.toNanos();
        while (surviving(() -> time.stepBefore(end))) {
            // Until there is nothing left to do.
        }
    }

    /**
     * Does work during which a node's power may be cut; returns true if it was, otherwise the
     * result.
     */
    public boolean surviving(BooleanSupplier work) {
        boolean result;
        try {
            result = work.getAsBoolean();
        } catch (PowerCut e) {
            result = true;
        }
        for (SimulatedNode node : nodes) {
            if (node.diesOfPowerCut()) {
                powerCut.accept(node);
            }
        }
        return result;
    }

    /** Inspects the nodes' logs without disk faults, and without consuming planned ones. */
    public void observing(Runnable look) {
        nodes.forEach(node -> node.disk().observe(true));
        try {
            look.run();
        } finally {
            nodes.forEach(node -> node.disk().observe(false));
        }
    }

    public void until(Duration atMost, BooleanSupplier condition) {
        long end = time.monotonicNanos() + atMost.toNanos();
        while (!condition.getAsBoolean()) {
            if (time.monotonicNanos() > end) {
                StringBuilder text = new StringBuilder("not so after " + atMost + ":");
                nodes.stream()
                        .filter(SimulatedNode::isRunning)
                        .forEach(node -> text.append('\n').append(node.node().status()));
                throw new AssertionError(text);
            }
            run(STEP);
        }
    }

    public <T> T await(CompletableFuture<T> future) {
        return time.await(future, Duration.ofSeconds(40));
    }

    /** Creates a live topic and waits until all nodes have it. */
    public void createLive(String topic) {
        create(topic, TopicConfig.DEFAULT.withReplication(true, 0));
    }

    public void create(String topic, TopicConfig config) {
        await(leader().node().createTopic(topic, config));
        until(
                Duration.ofSeconds(10),
                () -> nodes.stream()
                        .filter(SimulatedNode::isRunning)
                        .allMatch(node -> node.store().findTopic(topic).isPresent()));
    }

    public long append(SimulatedNode at, String topic, String text) {
        return await(send(at, topic, text)).firstOffset();
    }

    public CompletableFuture<AppendResult> send(SimulatedNode at, String topic, String text) {
        return at.node().append(topic, LogRecord.of(text), NotLeaderPolicy.FORWARD);
    }

    /** The records that a committed read on this node returns. */
    public static List<String> read(SimulatedNode at, String topic) {
        List<String> texts = new ArrayList<>();
        for (StoredRecord record : at.log(topic).read(at.log(topic).logStartOffset())) {
            texts.add(record.text());
        }
        return texts;
    }
}
