package io.lignum.testkit;

import io.lignum.cluster.ClusterStatus;
import io.lignum.record.StoredRecord;
import io.lignum.server.LignumNode;
import io.lignum.server.config.ConfigLoader;
import io.lignum.server.service.ClusterOverview;
import io.lignum.server.service.Page;
import io.lignum.server.service.ReadQuery;
import io.lignum.server.service.Session;
import io.lignum.server.service.TopicInfo;

import org.jspecify.annotations.Nullable;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/**
 * A node of a {@link LignumTestCluster}. It stays the same object when the node is stopped and
 * started again. Any thread. Faults of its disk and network last until they are healed, also while
 * the node is down.
 *
 * <p>Methods that need a running node throw an IllegalStateException while it is down.
 */
public final class TestNode {

    /**
     * The coordinator checks the port of a node once a second, so it may not notice a shorter
     * absence.
     */
    private static final Duration UNTIL_MISSED = Duration.ofMillis(1_200);

    private final LignumTestCluster cluster;
    private final SharedServices services;
    private final int number;
    private final DiskFaults faults = new DiskFaults();

    /* Start and end of the node hold this object's monitor; readers do not. */
    private volatile @Nullable StartedNode started;
    private volatile boolean isolated;
    private volatile long missedAt = System.nanoTime();
    private volatile int httpPort;
    private volatile int grpcPort;

    TestNode(LignumTestCluster cluster, SharedServices services, int number) {
        this.cluster = cluster;
        this.services = services;
        this.number = number;
    }

    int number() {
        return number;
    }

    /** The node id: {@code node-1} and so on. */
    public String id() {
        return "node-" + number;
    }

    /**
     * {@code host:port} of the gRPC listener, as LignumClient takes it. While the node is down, the
     * last address.
     */
    public String address() {
        return "127.0.0.1:" + grpcPort;
    }

    /** The URI of the HTTP listener, without a path. While the node is down, the last one. */
    public URI httpUri() {
        return URI.create("http://127.0.0.1:" + httpPort);
    }

    /** The node itself, for what this class does not offer. Each restart creates another one. */
    public LignumNode server() {
        return running().server();
    }

    /** The cluster's status as this node sees it, at most 250 ms old. */
    public ClusterStatus status() {
        return server().session().overview().status();
    }

    /**
     * Whether the node serves: it was started, and since then it was neither stopped nor killed,
     * and did not fail.
     */
    public boolean isRunning() {
        StartedNode now = started;
        return now != null && now.server().service().isReady();
    }

    /** Whether the node is paused, between {@link #pause} and {@link #resume}. */
    public boolean isPaused() {
        StartedNode now = started;
        return now != null && now.run().isPaused();
    }

    /** Whether the node is isolated, between {@link #isolate} and {@link #rejoin}. */
    public boolean isIsolated() {
        return isolated;
    }

    // ---- start and end

    /**
     * Ends the node as {@code kill -9} ends a process: it flushes nothing and does not transfer its
     * leadership, and its connections break. Its files keep what it had written. Returns when the
     * node has ended. Does nothing if the node is down.
     */
    public synchronized void kill() {
        StartedNode now = started;
        if (now != null) {
            started = null;
            now.kill();
            missedAt = System.nanoTime() + UNTIL_MISSED.toNanos();
        }
    }

    /**
     * Ends the node in order; a leader transfers its leadership first. Does nothing if the node is
     * down.
     */
    public synchronized void stop() {
        StartedNode now = started;
        if (now != null) {
            started = null;
            now.stop();
        }
    }

    /**
     * Stops the node if it runs, and starts it with the same data. Returns when the node serves,
     * which is before it is in sync again. It has the same ports as before unless another program
     * uses them.
     */
    public synchronized void restart() {
        stop();
        start();
    }

    synchronized void start() {
        ConfigLoader settings = new ConfigLoader()
                .embedded(cluster.directory().resolve(id()))
                .set("consul.host", "in-memory")
                .set("node.id", id())
                .set("server.port", Integer.toString(httpPort))
                .set("server.grpc-port", Integer.toString(grpcPort));
        cluster.settings().forEach(settings::set);
        awaitMissed();
        services.reachable(this, !isolated);
        StartedNode node = StartedNode.start(this, services, faults, settings);
        httpPort = node.server().httpPort();
        grpcPort = node.server().grpcPort();
        started = node;
        node.endOnFailure(cluster.background());
    }

    synchronized void failed(StartedNode which) {
        if (started == which) {
            kill();
        }
    }

    /*
     * A process takes about as long to start. Without the wait the coordinator could keep the
     * killed node's session, perhaps with the leader lock, for its full time to live of half a
     * minute.
     */
    private void awaitMissed() {
        for (long left = missedAt - System.nanoTime();
                left > 0 && !Thread.currentThread().isInterrupted();
                left = missedAt - System.nanoTime()) {
            LockSupport.parkNanos(this, left);
        }
    }

    /**
     * Stops all work of the node, as SIGSTOP or a long garbage collection does: connections stay
     * open, and calls that need the disk or the cluster hang.
     */
    public void pause() {
        running().run().pause();
    }

    /** Continues a paused node. Does nothing if the node is not paused. */
    public void resume() {
        StartedNode now = started;
        if (now != null) {
            now.run().resume();
        }
    }

    // ---- network

    /** Cuts the node off from all other nodes and from the coordinator. Clients still reach it. */
    public void isolate() {
        isolated = true;
        services.isolate(this, cluster.nodesBut(this));
    }

    /** Ends {@link #isolate}, and all partitions of this node. */
    public synchronized void rejoin() {
        isolated = false;
        services.rejoin(this, cluster.nodesBut(this), started != null);
    }

    /**
     * Delays messages between this node and the others, in each direction.
     *
     * @param extra the added delay, zero or more; zero ends the fault
     */
    public void slowNetwork(Duration extra) {
        services.slow(this, extra);
    }

    // ---- disk

    /**
     * Delays each force of a file.
     *
     * @param eachForce the added delay, zero or more; zero ends the fault
     */
    public void slowDisk(Duration eachForce) {
        faults.slow(eachForce);
    }

    /** Makes writes that need new disk space fail. Reads still succeed. */
    public void fullDisk() {
        faults.fill();
    }

    /**
     * Makes every force of a file fail. The node ends itself at the first one, as its process
     * would.
     */
    public void failDisk() {
        faults.fail();
    }

    /**
     * Ends the faults of the disk. A node that has ended because of them stays down until it is
     * restarted.
     */
    public void healDisk() {
        faults.heal();
    }

    // ---- data

    /**
     * All records of a topic that this node would serve to a reader now; empty if the node does not
     * have the topic.
     */
    public List<StoredRecord> log(String topic) {
        Session session = server().session();
        List<StoredRecord> records = new ArrayList<>();
        if (!session.hasTopic(topic)) {
            return records;
        }
        long next = session.topics().describe(topic).logStart();
        while (true) {
            Page page = session.read(ReadQuery.from(topic, next));
            if (page.records().isEmpty()) {
                return records;
            }
            records.addAll(page.records());
            next = page.next();
        }
    }

    // ---- for the cluster

    /** The status, if the other nodes can reach this node. */
    Optional<ClusterStatus> reachableStatus() {
        return isRunning() && !isPaused() && !isolated ? Optional.of(status()) : Optional.empty();
    }

    /** The log end offset of each topic. */
    Map<String, Long> logEnds() {
        return server().session().topics().list().stream()
                .collect(Collectors.toMap(TopicInfo::name, TopicInfo::endOffset));
    }

    /** The exclusive end of what readers see, of each topic. */
    Map<String, Long> readableEnds() {
        return server().session().topics().list().stream()
                .collect(Collectors.toMap(TopicInfo::name, TopicInfo::readableEnd));
    }

    /** Whether the node accepts writes or knows the leader to forward them to. */
    boolean acceptsWrites() {
        ClusterOverview membership = server().session().overview();
        return membership.takesWrites();
    }

    private StartedNode running() {
        StartedNode now = started;
        if (now == null) {
            throw new IllegalStateException(id() + " is down");
        }
        return now;
    }

    /** The node's state, for the messages of the cluster's exceptions. */
    @Override
    public String toString() {
        if (started == null) {
            return id() + " down";
        }
        if (!isRunning()) {
            return id() + " failed";
        }
        ClusterStatus status = status();
        return id() + (isPaused() ? " paused" : "") + (isolated ? " isolated" : "") + " "
                + status.role() + " in epoch " + status.epoch() + ", leader "
                + status.leader().orElse("none") + ", in sync " + status.inSync();
    }
}
