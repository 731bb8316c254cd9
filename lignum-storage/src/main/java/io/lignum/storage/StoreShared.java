package io.lignum.storage;

import io.lignum.storage.env.Disk;
import io.lignum.storage.env.EngineClock;
import io.lignum.storage.env.Environment;
import io.lignum.storage.internal.segment.FileCache;
import io.lignum.storage.internal.segment.SegmentIndexes;
import io.lignum.storage.internal.segment.SegmentRemover;
import io.lignum.storage.internal.segment.WindowPool;

import java.nio.file.Path;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * Holds what the logs of a store share: limits, memory, open files, free space, and the permits to
 * do I/O. Any thread.
 */
final class StoreShared {

    private static final int MIN_READ_BATCH_BYTES = 32 << 20;

    private final StoreConfig config;
    private final Environment environment;
    private final PendingBudget budget;
    private final BufferPool buffers;
    private final FileCache files;
    private final SegmentIndexes indexes;
    private final SegmentRemover remover;
    private final FreeSpace space;
    private final DivergentDirectory divergent;
    private final WindowPool windows;
    private final Semaphore callers;
    private volatile StoreListener listener;
    private final StoreFailure failure;

    StoreShared(Path directory, StoreConfig config, Environment environment) {
        this.config = config;
        this.environment = environment;
        listener = config.listener();
        failure = new StoreFailure(this::report);
        budget = new PendingBudget(config.maxPendingBytes(), failure);
        buffers = new BufferPool(config.maxPendingBytes());
        files = new FileCache(environment.disk(), config.maxOpenFiles());
        indexes = new SegmentIndexes(environment.disk(), files, maxReadBatchBytes());
        remover = new SegmentRemover(environment.disk(), files, indexes);
        space = new FreeSpace(
                environment.disk(), environment.clock(), directory, config.reserveBytes());
        divergent = new DivergentDirectory(directory, environment.disk(), environment.clock());
        windows = new WindowPool(maxReadBatchBytes());
        callers = new Semaphore(config.ioThreads());
    }

    StoreConfig config() {
        return config;
    }

    StoreListener listener() {
        return listener;
    }

    private void report(StorageException cause) {
        budget.wake();
        listener.storeFailed(cause);
    }

    /**
     * Calls the listener on a caller's thread. A listener that throws is a bug; it ends the store
     * and not the call.
     */
    void tell(Consumer<StoreListener> event) {
        try {
            event.accept(listener);
        } catch (RuntimeException e) {
            failure.fail("a StoreListener threw", e);
        }
    }

    synchronized void addListener(StoreListener one) {
        listener = Listeners.with(listener, one);
    }

    synchronized void removeListener(StoreListener one) {
        listener = Listeners.without(listener, one);
    }

    Disk disk() {
        return environment.disk();
    }

    EngineClock clock() {
        return environment.clock();
    }

    RandomGenerator random() {
        return environment.random();
    }

    /**
     * Runs a task on an engine thread. If that is not possible the store ends, and the task runs on
     * this thread, so that it completes what it holds.
     */
    void execute(Runnable task) {
        try {
            environment.executor().execute(task);
            return;
        } catch (RuntimeException | Error e) { // Rejected, or no thread can be created.
            failure.fail("work could not be handed to an engine thread", e);
        }
        task.run();
    }

    PendingBudget budget() {
        return budget;
    }

    BufferPool buffers() {
        return buffers;
    }

    FileCache files() {
        return files;
    }

    SegmentIndexes indexes() {
        return indexes;
    }

    DivergentDirectory divergent() {
        return divergent;
    }

    SegmentRemover remover() {
        return remover;
    }

    WindowPool windows() {
        return windows;
    }

    FreeSpace space() {
        return space;
    }

    /**
     * More than the present limit of a batch, which may have been higher when a batch was written.
     */
    int maxReadBatchBytes() {
        return Math.max(MIN_READ_BATCH_BYTES, config.maxBatchBytes());
    }

    /** A producer whose last batch came before this time is forgotten. */
    long producerLimitMillis() {
        return clock().wallMillis() - config.producerExpiry().toMillis();
    }

    /**
     * Takes a permit to write and force on a thread that appends; there are as many as I/O threads.
     */
    boolean enterAsCaller() {
        return callers.tryAcquire();
    }

    void leaveAsCaller() {
        callers.release();
    }

    /** The failure that ends all logs of the store. */
    StoreFailure failure() {
        return failure;
    }

    boolean hasFailed() {
        return failure.refusal() != null;
    }

    void refuseIfFailed() {
        StorageException refusal = failure.refusal();
        if (refusal != null) {
            throw refusal;
        }
    }

    void refuseAppends() {
        refuseIfFailed();
        space.refuseWhenFull();
    }
}
