package io.lignum.cluster.sim;

import io.lignum.cluster.ClusterConfig;
import io.lignum.cluster.ClusterEnvironment;
import io.lignum.cluster.ClusterStartException;
import io.lignum.cluster.coordinator.Coordinator;
import io.lignum.cluster.node.ClusterNode;
import io.lignum.cluster.peer.Network;
import io.lignum.cluster.peer.NodeAddress;
import io.lignum.storage.LogStore;
import io.lignum.storage.StorageException;
import io.lignum.storage.StoreConfig;
import io.lignum.storage.TopicLog;
import io.lignum.storage.env.EngineClock;
import io.lignum.storage.env.Environment;
import io.lignum.storage.sim.PowerCut;
import io.lignum.storage.sim.SimulatedDisk;

import org.jspecify.annotations.Nullable;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** One node of a simulated cluster: a disk that outlives its processes, and the current process. */
public final class SimulatedNode {

    /** The data directory of every node, on its own disk. */
    public static final Path DIRECTORY = Path.of("/data");

    private static final long UNLIMITED = Long.MAX_VALUE / 2;

    /** Few, so that files are constantly closed and opened again. */
    private static final int OPEN_FILES = 16;

    private static final Duration TICK = Duration.ofMillis(100);

    private final String id;
    private final NodeAddress address;
    private final SimulatedTime time;
    private final MemoryCoordinator coordinators;
    private final MemoryNetwork network;
    private final UnaryOperator<ClusterConfig> settings;
    private SimulatedDisk disk;
    private @Nullable Life life;
    private ForcePace pace = ForcePace.NONE;
    private UnaryOperator<ClusterEnvironment> instrument = UnaryOperator.identity();
    private int lives;

    SimulatedNode(
            int number,
            SimulatedTime time,
            MemoryCoordinator coordinators,
            MemoryNetwork network,
            UnaryOperator<ClusterConfig> settings) {
        id = "node-" + number;
        address = new NodeAddress(id, 8126, 8080, 9080);
        this.time = time;
        this.coordinators = coordinators;
        this.network = network;
        this.settings = settings;
        disk = new SimulatedDisk(time.random().nextLong());
        disk.stampBy(time::wallMillis);
    }

    /** A process. Its remaining tasks do nothing once it has ended. */
    private final class Life implements Executor {
        private final SimulatedLoop loop = new SimulatedLoop(time);
        private final LogStore store;
        private final ClusterNode node;
        private final Coordinator coordinator;
        private final Network net;
        private final List<Runnable> waiting = new ArrayList<>();
        private boolean hung;
        private boolean dead;

        Life() {
            disk.completeOn(this::executeSlowly);
            Random random = new Random(time.random().nextLong());
            EngineClock clock = time;
            store = LogStore.open(
                    DIRECTORY,
                    StoreConfig.DEFAULT.toBuilder()
                            .reserveBytes(0)
                            .maxOpenFiles(OPEN_FILES)
                            .build(),
                    new Environment(disk, clock, random, this));
            coordinator = coordinators.view(id);
            coordinators.port(id, true);
            net = network.node(address);
            node = ClusterNode.start(
                    store,
                    settings.apply(config()),
                    instrument.apply(new ClusterEnvironment(
                            disk, clock, random, loop, this::executeSlowly, coordinator, net)));
            tick();
        }

        /** Runs a task on a thread of the pool; sometimes none is free immediately. */
        @Override
        public void execute(Runnable task) {
            time.schedule(pace.wait(time.random()), () -> {
                if (hung) {
                    waiting.add(task);
                } else if (!dead) {
                    task.run();
                }
            });
        }

        /** Runs a task that ends when the disk has finished. */
        private void executeSlowly(Runnable task) {
            Duration takes = pace.next(time.random());
            if (takes.isZero()) {
                execute(task);
            } else {
                time.schedule(takes, () -> execute(task));
            }
        }

        private void tick() {
            time.schedule(TICK, () -> {
                if (!dead) {
                    store.tick();
                    tick();
                }
            });
        }

        void hang(boolean now) {
            hung = now;
            if (!now) {
                waiting.forEach(this::execute);
                waiting.clear();
            }
        }

        void die() {
            dead = true;
            loop.stop();
            network.crash(address);
            coordinators.port(id, false);
        }
    }

    private ClusterConfig config() {
        return config(id, address);
    }

    /** The settings of a node whose process finds its data in {@link #DIRECTORY}. */
    public static ClusterConfig config(String id, NodeAddress address) {
        return new ClusterConfig(
                Optional.of(id),
                "lignum",
                "service/lignum/key/master",
                "lignum",
                address,
                DIRECTORY,
                OptionalInt.empty(),
                Duration.ofSeconds(15),
                Duration.ofSeconds(13),
                Duration.ofMillis(10),
                Duration.ofMillis(10),
                Duration.ofSeconds(1),
                Duration.ofSeconds(3),
                Duration.ofSeconds(5),
                1024,
                Duration.ofMillis(25),
                Duration.ofSeconds(10),
                Duration.ofSeconds(5),
                Duration.ofSeconds(30));
    }

    public String id() {
        return id;
    }

    public NodeAddress address() {
        return address;
    }

    public SimulatedDisk disk() {
        return disk;
    }

    public boolean isRunning() {
        return life != null;
    }

    /**
     * Starts a new process on the current disk.
     *
     * @throws ClusterStartException the directory does not fit; nothing runs
     * @throws StorageException the disk failed or is full; nothing runs
     */
    public void start() {
        try {
            life = new Life();
            lives++;
        } catch (ClusterStartException | StorageException e) {
            disk.killProcess();
            failedToStart();
            throw e;
        } catch (PowerCut e) {
            failedToStart();
            throw e;
        }
    }

    private void failedToStart() {
        network.crash(address);
        coordinators.port(id, false);
    }

    /** Changes the environment of its next processes. */
    public void instrument(UnaryOperator<ClusterEnvironment> change) {
        instrument = change;
    }

    /** The number of starts. */
    public int lives() {
        return lives;
    }

    /** Works on the data of a stopped node, as a standalone node does; durable when it returns. */
    public void standalone(Consumer<LogStore> work) {
        if (life != null) {
            throw new IllegalStateException(id + " runs");
        }
        disk.killProcess();
        try (LogStore store = LogStore.open(
                DIRECTORY,
                StoreConfig.DEFAULT.toBuilder().reserveBytes(0).build(),
                new Environment(disk, time, new Random(1), Runnable::run))) {
            work.accept(store);
        }
        disk.killProcess();
    }

    private Life life() {
        Life now = life;
        if (now == null) {
            throw new IllegalStateException(id + " does not run");
        }
        return now;
    }

    public ClusterNode node() {
        return life().node;
    }

    public LogStore store() {
        return life().store;
    }

    public TopicLog log(String topic) {
        return store().topic(topic);
    }

    /** Kills the process; what was written stays. */
    public void kill() {
        Life stopped = life();
        life = null;
        disk.killProcess();
        stopped.die();
    }

    /** Cuts the power: what was not forced may be lost. */
    public void cutPower() {
        Life stopped = life();
        life = null;
        disk.cutPower();
        stopped.die();
    }

    /**
     * Completes a power cut that happened in the middle of an I/O; returns false if no power cut
     * happened.
     */
    boolean diesOfPowerCut() {
        boolean cut = disk.isDead();
        if (cut && life != null) {
            cutPower();
        } else if (cut) {
            disk.cutPower(); // It was starting.
        }
        return cut;
    }

    /**
     * Cuts the power in the k-th I/O from now, the first being 1. The caller must then let time
     * pass and handle the failure.
     */
    public void cutPowerAt(long k) {
        disk.cutPowerAt(k);
    }

    /** Cancels a power cut that has not happened. */
    public void healDisk() {
        disk.heal();
    }

    /** From now on forces take long, or as long as on a good disk. */
    public void slowDisk(boolean slow) {
        pace = slow ? ForcePace.SLOW : ForcePace.ORDINARY;
    }

    /** From now on the disk is full, or has its normal space. */
    public void fillDisk(boolean full) {
        disk.limitCapacity(full ? disk.usedBytes() : UNLIMITED);
    }

    /** Replaces the disk by an empty one; the node must not run. */
    public void loseDisk() {
        if (life != null) {
            throw new IllegalStateException(id + " runs");
        }
        disk = new SimulatedDisk(time.random().nextLong());
        disk.stampBy(time::wallMillis);
    }

    /** Pauses the node loop, like SIGSTOP. */
    public void pause() {
        life().loop.pause();
    }

    public void resume() {
        life().loop.resume();
    }

    /** From now on everything that uses the disk waits. */
    public void hangDisk() {
        life().hang(true);
    }

    public void unhangDisk() {
        life().hang(false);
    }
}
