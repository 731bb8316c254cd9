package io.lignum.storage;

import io.lignum.storage.sim.SimulatedDisk;
import io.lignum.storage.sim.SimulatedEnvironment;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** A store on a simulated disk, through any number of crashes. */
final class Simulation {

    static final Path DIRECTORY = Path.of("/sim/data");
    static final StoreConfig CONFIG =
            StoreConfig.DEFAULT.toBuilder().reserveBytes(0).build();

    final SimulatedDisk disk;
    private final long seed;
    private int lives;
    private long wallMillis = 1_700_000_000_000L;
    SimulatedEnvironment environment;

    Simulation(long seed) {
        this.seed = seed;
        disk = new SimulatedDisk(seed);
        try {
            disk.put(Path.of("/sim/README"), "mounted".getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        environment = new SimulatedEnvironment(disk, seed, wallMillis);
    }

    LogStore open() {
        return open(CONFIG);
    }

    LogStore open(StoreConfig config) {
        wallMillis = environment.wallMillis();
        environment = new SimulatedEnvironment(disk, seed + ++lives, wallMillis);
        return LogStore.open(DIRECTORY, config, environment.environment());
    }

    void crash(boolean powerIsLost) {
        if (powerIsLost) {
            disk.cutPower();
        } else {
            disk.killProcess();
        }
    }

    <T> T run(CompletableFuture<T> future) {
        try {
            return environment.run(future);
        } catch (java.util.concurrent.CompletionException e) {
            if (e.getCause() instanceof StorageException storage) {
                throw storage;
            }
            throw e;
        }
    }

    /** Time passes and the background work that is due is done. */
    void tick(LogStore store, Duration time) {
        environment.advance(time);
        store.tick();
        environment.run();
    }

    void close(LogStore store) {
        run(store.closeAsync());
    }
}
