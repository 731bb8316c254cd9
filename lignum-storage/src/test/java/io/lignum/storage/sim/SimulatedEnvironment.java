package io.lignum.storage.sim;

import io.lignum.storage.env.EngineClock;
import io.lignum.storage.env.Environment;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * Disk, clock, randomness and executor of one process, without a thread: tasks and completions of
 * forces wait in one list, and each {@link #step()} runs the one that the seed picks.
 *
 * <p>One per life of a process. One thread.
 */
public final class SimulatedEnvironment implements EngineClock, Executor {

    private static final int MANY_STEPS = 1_000_000;

    private final SimulatedDisk disk;
    private final Random random;
    private final List<Runnable> tasks = new ArrayList<>();
    private long wallMillis;
    private long nanos;

    public SimulatedEnvironment(SimulatedDisk disk, long seed, long wallMillis) {
        this.disk = disk;
        this.wallMillis = wallMillis;
        disk.stampBy(this::wallMillis);
        random = new Random(seed);
        disk.completeOn(this);
    }

    public Environment environment() {
        return new Environment(disk, this, random, this);
    }

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
    }

    /** Runs one task; false if no task is left. */
    public boolean step() {
        if (tasks.isEmpty()) {
            return false;
        }
        tasks.remove(random.nextInt(tasks.size())).run();
        if (disk.isDead()) {
            throw new PowerCut("the process died in a callback");
        }
        return true;
    }

    /** Runs until there is nothing to do. */
    public void run() {
        for (int i = 0; step(); i++) {
            if (i == MANY_STEPS) {
                throw new IllegalStateException("the engine never comes to rest");
            }
        }
    }

    /**
     * Runs until there is nothing to do; the future must be done then. Throws what it failed with.
     */
    public <T> T run(CompletableFuture<T> future) {
        run();
        if (!future.isDone()) {
            throw new IllegalStateException("nothing is left to do, but the future is not done");
        }
        return future.join();
    }

    public void advance(Duration time) {
        nanos += time.toNanos();
        wallMillis += time.toMillis();
    }

    /** The wall clock jumps; the monotonic one does not. */
    public void setWallMillis(long millis) {
        wallMillis = millis;
    }

    @Override
    public long wallMillis() {
        return wallMillis;
    }

    @Override
    public long monotonicNanos() {
        return nanos;
    }
}
