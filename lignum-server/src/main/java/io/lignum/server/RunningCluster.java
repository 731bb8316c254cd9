package io.lignum.server;

import io.lignum.cluster.ClusterConfig;
import io.lignum.cluster.ClusterEnvironment;
import io.lignum.cluster.node.ClusterNode;
import io.lignum.cluster.peer.NodeAddress;
import io.lignum.server.config.ClusterSettings;
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

/** A node's part in its cluster, with all that was opened for it. */
final class RunningCluster implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(RunningCluster.class);

    /**
     * For what the cluster does on the disk beside the store: its identity, and reading logs to
     * send.
     */
    private static final int IO_THREADS = 4;

    /** Nobody is there to take over, as far as is known. */
    private static final Duration ALONE = Duration.ofMillis(100);

    /** For the answer, which comes from another thread. */
    private static final Duration MARGIN = Duration.ofMillis(500);

    /** For telling the coordinator that this node is gone. */
    private static final Duration GOODBYE = Duration.ofSeconds(1);

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

    /** The listeners are bound by now: others are told their ports. */
    static RunningCluster start(
            LogStore store,
            ClusterSettings settings,
            ClusterFactory factory,
            Disk disk,
            NodeAddress listeners) {
        CompletableFuture<Throwable> failure = new CompletableFuture<>();
        ClusterFactory.Outside outside = factory.open(settings, failure::complete);
        SystemEnvironment system = new SystemEnvironment(IO_THREADS, disk);
        try {
            Environment environment = system.environment();
            ClusterConfig config = settings.node(new NodeAddress(
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
            var unused = node.failure().thenAccept(failure::complete);
            return new RunningCluster(system, outside, node, failure);
        } catch (RuntimeException e) {
            close(outside, system);
            throw e;
        }
    }

    ClusterNode node() {
        return node;
    }

    /** Completes when the node cannot go on. */
    CompletableFuture<Throwable> failure() {
        return failure;
    }

    /** Has the loop of the cluster watched. */
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

    /** Hands leadership over if it is here, so that the others need not find out by themselves. */
    void leave(Duration atMost) {
        boolean alone = node.status().nodes().stream()
                .noneMatch(other -> other.alive() && !other.nodeId().equals(node.nodeId()));
        Duration patience = alone && ALONE.compareTo(atMost) < 0 ? ALONE : atMost;
        try {
            node.leave(patience).get(patience.plus(MARGIN).toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException | RuntimeException e) {
            LOG.warn(
                    "Leaving without a hand-over: the others will notice by themselves ({})",
                    e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * As an in-sync replica that the coordinator takes for alive it would hold up the others'
     * commits.
     */
    @Override
    public void close() {
        try {
            node.stop().get(GOODBYE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            LOG.debug("The coordinator was not told that this node is gone: {}", e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        close(outside, system);
    }

    /** As if the process had died: nobody is told. */
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
