package io.lignum.testkit;

import io.lignum.cluster.ThreadLoop;
import io.lignum.server.ClusterFactory;
import io.lignum.server.LignumNode;
import io.lignum.server.NodeStartException;
import io.lignum.server.config.ConfigLoader;
import io.lignum.storage.env.Disk;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * One start of a node, with its own loop, disk and run. {@link TestNode} calls it under its
 * monitor, except for methods that say otherwise.
 */
final class StartedNode {

    private static final Duration LOOP_END = Duration.ofSeconds(10);

    private final TestNode node;
    private final SharedServices services;
    private final NodeRun run = new NodeRun();
    private final NodeDisk disk;
    private @Nullable ThreadLoop loop;
    private @Nullable LignumNode server;

    private StartedNode(TestNode node, SharedServices services, DiskFaults faults) {
        this.node = node;
        this.services = services;
        this.disk = new NodeDisk(run, faults);
    }

    /**
     * Starts the node on the ports that it had before, or on free ones if another program uses
     * those.
     */
    static StartedNode start(
            TestNode node, SharedServices services, DiskFaults faults, ConfigLoader settings) {
        try {
            return begin(node, services, faults, settings);
        } catch (NodeStartException taken) {
            settings.set("server.port", "0").set("server.grpc-port", "0");
            return begin(node, services, faults, settings);
        }
    }

    private static StartedNode begin(
            TestNode node, SharedServices services, DiskFaults faults, ConfigLoader settings) {
        StartedNode started = new StartedNode(node, services, faults);
        started.server = LignumNode.start(settings.load(), started.new InMemory());
        return started;
    }

    private final class InMemory implements ClusterFactory {

        @Override
        public Disk disk() {
            return disk;
        }

        @Override
        public Outside open(Spec spec, Consumer<Throwable> onFailure) {
            ThreadLoop thread = ThreadLoop.start("lignum-loop-" + node.id(), onFailure);
            loop = thread;
            return new Outside(
                    new PausableLoop(thread, run, StartedNode.this::loopStopped),
                    services.coordinator(node),
                    services.network(node));
        }
    }

    /*
     * The listeners are closed now and the store is not, so a killed node answers nothing and
     * flushes nothing.
     */
    private void loopStopped() {
        if (!run.isActive()) {
            disk.end();
        }
    }

    /**
     * Kills the node when it reports a failure, as its process would end. Called once the node is
     * known as started. Not on the thread that reports the failure, since the kill waits for that.
     */
    void endOnFailure(BackgroundWork background) {
        background.whenDone(
                server().failure(), "lignum-testkit-" + node.id(), () -> node.failed(this));
    }

    /** Any thread. */
    NodeRun run() {
        return run;
    }

    LignumNode server() {
        return Objects.requireNonNull(server, "set in begin");
    }

    void stop() {
        run.resume();
        server().close();
        end();
    }

    void kill() {
        run.beginEnd();
        services.crash(node);
        server().halt();
        end();
    }

    /** Ends what may be left of the node. From here on it cannot change its files. */
    private void end() {
        run.beginEnd();
        disk.end();
        services.crash(node);
        try {
            if (loop != null && !loop.awaitEnd(LOOP_END)) {
                throw new IllegalStateException("the loop of " + node.id() + " does not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
