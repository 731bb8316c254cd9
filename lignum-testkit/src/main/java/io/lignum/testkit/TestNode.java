package io.lignum.testkit;

import io.lignum.cluster.ClusterStatus;
import io.lignum.record.StoredRecord;
import io.lignum.server.LignumNode;
import io.lignum.server.config.ConfigLoader;
import io.lignum.server.service.Membership;
import io.lignum.server.service.Page;
import io.lignum.server.service.ReadQuery;
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
 * A node of a {@link LignumTestCluster}, through all its lives. Any thread. What is wrong with its
 * disk and network stays so while it is down, until it is healed.
 */
public final class TestNode {

    /**
     * The coordinator looks at a node's port once a second; whoever is back before is not missed.
     */
    private static final Duration UNTIL_MISSED = Duration.ofMillis(1_200);

    private final LignumTestCluster cluster;
    private final SharedServices surroundings;
    private final int number;
    private final DiskFaults faults = new DiskFaults();

    /* Starting and ending take this object's monitor; everybody may look. */
    private volatile @Nullable StartedNode life;
    private volatile boolean isolated;
    private volatile long missedAt = System.nanoTime();
    private volatile int httpPort;
    private volatile int grpcPort;

    TestNode(LignumTestCluster cluster, SharedServices surroundings, int number) {
        this.cluster = cluster;
        this.surroundings = surroundings;
        this.number = number;
    }

    int number() {
        return number;
    }

    /** {@code node-1} and so on. */
    public String id() {
        return "node-" + number;
    }

    /**
     * {@code host:port} of the gRPC listener, which LignumClient takes; of a node that is down,
     * where it was.
     */
    public String address() {
        return "127.0.0.1:" + grpcPort;
    }

    /** Of the HTTP listener, without a path; of a node that is down, where it was. */
    public URI httpUri() {
        return URI.create("http://127.0.0.1:" + httpPort);
    }

    /** The node itself, for what this class has no word for; another one after each restart. */
    public LignumNode server() {
        return running().server();
    }

    /** How this node thinks that the cluster stands, at most a quarter of a second old. */
    public ClusterStatus status() {
        return server().service().membership().status();
    }

    /** Whether it was started and neither stopped nor killed since, nor has failed. */
    public boolean isRunning() {
        StartedNode now = life;
        return now != null && now.server().service().isReady();
    }

    /** Whether it stands still, between {@link #pause} and {@link #resume}. */
    public boolean isPaused() {
        StartedNode now = life;
        return now != null && now.life().isPaused();
    }

    /** Whether it is cut off, between {@link #isolate} and {@link #rejoin}. */
    public boolean isIsolated() {
        return isolated;
    }

    // ---- life and death

    /**
     * Ends it as {@code kill -9} does: nothing is finished, flushed or handed over, its connections
     * break, and what the operating system had of its files is in them. Returns when it is dead.
     * Does nothing to a node that is down.
     */
    public synchronized void kill() {
        StartedNode now = life;
        if (now != null) {
            life = null;
            now.kill();
            missedAt = System.nanoTime() + UNTIL_MISSED.toNanos();
        }
    }

    /**
     * Ends it in an orderly way; a leader hands over first. Does nothing to a node that is down.
     */
    public synchronized void stop() {
        StartedNode now = life;
        if (now != null) {
            life = null;
            now.stop();
        }
    }

    /**
     * Starts it on the data that it had, after {@link #stop} if it runs. Returns when it serves,
     * which is before it is in sync again. Its ports are the same as before unless another program
     * took them.
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
        surroundings.reachable(this, !isolated);
        StartedNode begun = StartedNode.start(this, surroundings, faults, settings);
        httpPort = begun.server().httpPort();
        grpcPort = begun.server().grpcPort();
        life = begun;
        begun.endOnFailure();
    }

    synchronized void failed(StartedNode which) {
        if (life == which) {
            kill();
        }
    }

    /*
     * A process takes as long to start. Else its last session, with the leader lock perhaps, would
     * live on until its time to live is over, which is half a minute.
     */
    private void awaitMissed() {
        for (long left = missedAt - System.nanoTime();
                left > 0 && !Thread.currentThread().isInterrupted();
                left = missedAt - System.nanoTime()) {
            LockSupport.parkNanos(this, left);
        }
    }

    /**
     * Stops it in its tracks, as a long pause of its JVM or SIGSTOP does: connections stay open,
     * and calls that need the disk or the cluster hang.
     */
    public void pause() {
        running().life().pause();
    }

    /** Lets it go on where it was; does nothing to one that is not paused. */
    public void resume() {
        StartedNode now = life;
        if (now != null) {
            now.life().resume();
        }
    }

    // ---- network

    /** Cuts it off from all other nodes and from the coordinator. Clients still reach it. */
    public void isolate() {
        isolated = true;
        surroundings.isolate(this, cluster.nodesBut(this));
    }

    /** Ends {@link #isolate}, and every partition that this node is part of. */
    public synchronized void rejoin() {
        isolated = false;
        surroundings.rejoin(this, cluster.nodesBut(this), life != null);
    }

    /**
     * What it sends to other nodes or they to it takes so much longer, each way; zero ends that.
     */
    public void slowNetwork(Duration extra) {
        surroundings.slow(this, extra);
    }

    // ---- disk

    /** Each force of a file takes so much longer; zero ends that. */
    public void slowDisk(Duration eachForce) {
        faults.slow(eachForce);
    }

    /** Leaves no room on its disk. What is there can be read. */
    public void fullDisk() {
        faults.fill();
    }

    /** Lets every force fail. The node ends by itself at the first one, as its process would. */
    public void failDisk() {
        faults.fail();
    }

    /**
     * Ends whatever is wrong with its disk. A node that ended because of it is still to be
     * restarted.
     */
    public void healDisk() {
        faults.heal();
    }

    // ---- what it has

    /**
     * All records of a topic that this node would give to a reader now; none of a topic that it
     * does not have.
     */
    public List<StoredRecord> log(String topic) {
        var service = server().service();
        List<StoredRecord> records = new ArrayList<>();
        if (!service.hasTopic(topic)) {
            return records;
        }
        long next = service.describeTopic(topic).logStart();
        while (true) {
            Page page = service.read(ReadQuery.from(topic, next));
            if (page.records().isEmpty()) {
                return records;
            }
            records.addAll(page.records());
            next = page.next();
        }
    }

    // ---- for the cluster

    /** Of a node that the others can hear. */
    Optional<ClusterStatus> heardStatus() {
        return isRunning() && !isPaused() && !isolated ? Optional.of(status()) : Optional.empty();
    }

    /** Of each topic, exclusive, where its log ends, committed or not. */
    Map<String, Long> logEnds() {
        return server().service().listTopics().stream()
                .collect(Collectors.toMap(TopicInfo::name, TopicInfo::endOffset));
    }

    /** Of each topic, exclusive, where its readers' end is. */
    Map<String, Long> readableEnds() {
        return server().service().listTopics().stream()
                .collect(Collectors.toMap(TopicInfo::name, TopicInfo::readableEnd));
    }

    /** Whether it knows where writes go. */
    boolean takesWrites() {
        Membership membership = server().service().membership();
        return membership.takesWrites();
    }

    private StartedNode running() {
        StartedNode now = life;
        if (now == null) {
            throw new IllegalStateException(id() + " is down");
        }
        return now;
    }

    /** As the cluster tells in its errors. */
    @Override
    public String toString() {
        if (life == null) {
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
