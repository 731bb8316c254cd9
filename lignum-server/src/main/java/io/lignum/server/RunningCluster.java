package io.lignum.server;

import io.lignum.cluster.ClusterConfig;
import io.lignum.cluster.ClusterEnvironment;
import io.lignum.cluster.node.ClusterNode;
import io.lignum.cluster.peer.NodeAddress;
import io.lignum.server.service.Liveness;
import io.lignum.storage.LogStore;
import io.lignum.storage.env.Disk;
import io.lignum.storage.env.Environment;
import io.lignum.storage.env.SystemEnvironment;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Runs the cluster part of a node, and owns what was opened for it: loop, coordinator, network and
 * I/O threads.
 *
 * <p>Called by {@link LignumNode} as it starts and stops. A failure completes {@link #failure}.
 */
final class RunningCluster implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(RunningCluster.class);

    /**
     * Threads for the cluster's own disk access: the identity files, and reading logs for
     * replication.
     */
    private static final int IO_THREADS = 4;

    /** How long a leader waits that sees no other live node. */
    private static final Duration ALONE = Duration.ofMillis(100);

    /** Added to the time of a leader transfer for the answer, which comes from another thread. */
    private static final Duration MARGIN = Duration.ofMillis(500);

    /** Limit for the release of the session in the coordinator. */
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(1);

    private static final Duration BEAT = Duration.ofSeconds(1);

    private final SystemEnvironment system;
    private final ClusterFactory.Outside outside;
    private final ClusterNode node;
    private final CompletableFuture<Throwable> failure;

    private RunningCluster(
            SystemEnvironment system,
            ClusterFactory.Outside outside,
            ClusterNode node,
            CompletableFuture<Throwable> failure) {
        this.failure = failure;
        this.system = system;
        this.outside = outside;
        this.node = node;
    }

    /** Call it when the listeners are bound: the node registers their ports. */
    static RunningCluster start(
            LogStore store,
            ClusterFactory.Spec spec,
            ClusterFactory factory,
            Disk disk,
            NodeAddress listeners) {
        CompletableFuture<Throwable> failure = new CompletableFuture<>();
        ClusterFactory.Outside outside = factory.open(spec, failure::complete);
        SystemEnvironment system = new SystemEnvironment(IO_THREADS, disk);
        try {
            Environment environment = system.environment();
            ClusterConfig config = spec.settings()
                    .node(new NodeAddress(
                            listeners.host(),
                            outside.network().port(),
                            listeners.httpPort(),
                            listeners.grpcPort()));
            ClusterNode node = ClusterNode.start(
                    store,
                    config,
                    new ClusterEnvironment(
                            environment.disk(),
                            environment.clock(),
                            environment.random(),
                            outside.loop(),
                            environment.executor(),
                            outside.coordinator(),
                            outside.network()));
            NodeFailures.relay(node.failure(), failure);
            return new RunningCluster(system, outside, node, failure);
        } catch (RuntimeException e) {
            close(outside, system);
            throw e;
        }
    }

    ClusterNode node() {
        return node;
    }

    /** Completes when the node cannot continue. */
    CompletableFuture<Throwable> failure() {
        return failure;
    }

    /** Adds the loop of the cluster to the watched threads. */
    void watchedBy(Liveness liveness) {
        liveness.watch("The loop of the cluster", this::repeat);
    }

    private void repeat(Runnable beat) {
        beat.run();
        outside.loop().schedule(BEAT, () -> repeat(beat));
    }

    int internalPort() {
        return outside.network().port();
    }

    /**
     * Transfers the leadership if this node leads, so that the others need not wait for its lease
     * to expire.
     */
    void leave(Duration atMost) {
        boolean alone = node.status().nodes().stream()
                .noneMatch(other -> other.alive() && !other.nodeId().equals(node.nodeId()));
        Duration timeout = alone && ALONE.compareTo(atMost) < 0 ? ALONE : atMost;
        try {
            node.leave(timeout).get(timeout.plus(MARGIN).toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException | RuntimeException e) {
            LOG.warn(
                    "Leaving without a leader transfer: the others will elect a leader when the"
                            + " lease expires ({})",
                    e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Stops the node and releases its session. Otherwise the other nodes would wait for its
     * acknowledgements until the session expires.
     */
    @Override
    public void close() {
        try {
            node.stop().get(STOP_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            LOG.debug("The session was not released in the coordinator: {}", e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        close(outside, system);
    }

    /** Stops as if the process had died, without a message to the other nodes. */
    void halt() {
        close(outside, system);
    }

    private static void close(ClusterFactory.Outside outside, SystemEnvironment system) {
        outside.loop().stop();
        outside.network().close();
        outside.coordinator().close();
        system.close();
    }
}
