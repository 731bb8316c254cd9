package io.lignum.testkit;

import io.lignum.cluster.ThreadLoop;
import io.lignum.server.ClusterFactory;
import io.lignum.server.LignumNode;
import io.lignum.server.NodeStartException;
import io.lignum.server.config.ClusterSettings;
import io.lignum.server.config.ConfigLoader;
import io.lignum.storage.env.Disk;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * A node that was started once. One thread at a time, which {@link TestNode} sees to, but for what
 * says otherwise.
 */
final class StartedNode {

    private static final Duration LOOP_END = Duration.ofSeconds(10);

    private final TestNode node;
    private final SharedServices surroundings;
    private final NodeRun life = new NodeRun();
    private final NodeDisk disk;
    private @Nullable ThreadLoop loop;
    private @Nullable LignumNode server;

    private StartedNode(TestNode node, SharedServices surroundings, DiskFaults faults) {
        this.node = node;
        this.surroundings = surroundings;
        this.disk = new NodeDisk(life, faults);
    }

    /** On the ports that it had before, unless somebody else took them. */
    static StartedNode start(
            TestNode node, SharedServices surroundings, DiskFaults faults, ConfigLoader settings) {
        try {
            return begin(node, surroundings, faults, settings);
        } catch (NodeStartException taken) {
            settings.set("server.port", "0").set("server.grpc-port", "0");
            return begin(node, surroundings, faults, settings);
        }
    }

    private static StartedNode begin(
            TestNode node, SharedServices surroundings, DiskFaults faults, ConfigLoader settings) {
        StartedNode begun = new StartedNode(node, surroundings, faults);
        begun.server = LignumNode.start(settings.load(), begun.new InMemory());
        return begun;
    }

    private final class InMemory implements ClusterFactory {

        @Override
        public Disk disk() {
            return disk;
        }

        @Override
        public Outside open(ClusterSettings settings, Consumer<Throwable> onFailure) {
            ThreadLoop thread = ThreadLoop.start("lignum-loop-" + node.id(), onFailure);
            loop = thread;
            return new Outside(
                    new GatedLoop(thread, life, StartedNode.this::loopStopped),
                    surroundings.coordinator(node),
                    surroundings.network(node));
        }
    }

    /*
     * The listeners are closed by now, and the store is not: so a killed node answers nobody and
     * flushes nothing.
     */
    private void loopStopped() {
        if (!life.goesOn()) {
            disk.die();
        }
    }

    /**
     * A process ends when its node has failed. To be called once the node is known by this life.
     */
    void endOnFailure() {
        var unused = server().failure().thenAccept(cause -> {
            // Not on the engine's own thread, which is waited for.
            new Thread(() -> node.failed(this), "lignum-testkit-" + node.id()).start();
        });
    }

    /** Any thread. */
    NodeRun life() {
        return life;
    }

    LignumNode server() {
        return Objects.requireNonNull(server, "set before anybody sees this");
    }

    void stop() {
        life.resume();
        server().close();
        end();
    }

    void kill() {
        life.die();
        surroundings.crash(node);
        server().halt();
        end();
    }

    /** Nothing should be left to do; whatever is left cannot do anything from here on. */
    private void end() {
        life.die();
        disk.die();
        surroundings.crash(node);
        try {
            if (loop != null && !loop.awaitEnd(LOOP_END)) {
                throw new IllegalStateException("the loop of " + node.id() + " does not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
