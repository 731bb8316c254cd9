package io.lignum.storage;

import io.lignum.storage.env.BoundedWait;
import io.lignum.storage.env.Disk;
import io.lignum.storage.env.Environment;
import io.lignum.storage.env.NioDisk;
import io.lignum.storage.env.SystemEnvironment;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * An open data directory: finds, creates, changes and deletes topics. One store at a time holds a
 * directory.
 *
 * <pre>{@code
 * try (LogStore store = LogStore.open(Path.of("data"))) {
 *     TopicLog orders = store.openOrCreate("orders");
 *     long offset = orders.append(LogRecord.of("one coffee")); // on the disk when this returns
 *     for (StoredRecord record : orders.read(offset)) {
 *         System.out.println(record.offset() + " " + record.text());
 *     }
 * }
 * }</pre>
 *
 * <p>Any thread may call every method. Errors are {@link StorageException}s.
 */
public final class LogStore implements AutoCloseable {

    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(30);

    private final StoreShared shared;
    private final DataDirectory directory;
    private final Duration closeTimeout;
    private final OpenTopics topics = new OpenTopics();
    private final TopicDeletions deletions;
    private final TopicLifecycle lifecycle;
    private final StoreTick tick;
    private final long recoveryNanos;
    private @Nullable SystemEnvironment system;

    private LogStore(
            StoreShared shared,
            DataDirectory directory,
            Duration closeTimeout,
            Consumer<List<Runnable>> runAll)
            throws IOException {
        this.shared = shared;
        this.directory = directory;
        this.closeTimeout = closeTimeout;
        TopicOpener opener = new TopicOpener(shared, directory);
        long started = shared.clock().monotonicNanos();
        shared.space().look();
        List<Runnable> openings = new ArrayList<>();
        for (Path path : directory.topics()) {
            openings.add(() -> openExisting(opener, path));
        }
        runAll.accept(openings);
        shared.failure().endsAlso(topics.all());
        deletions = new TopicDeletions(shared, directory, topics);
        lifecycle = new TopicLifecycle(shared, directory, opener, topics, deletions);
        tick = new StoreTick(shared, directory, deletions, lifecycle.renewals(), topics.all());
        recoveryNanos = shared.clock().monotonicNanos() - started;
    }

    /** Opens a directory with the default limits; creates it if it is not there. */
    public static LogStore open(Path directory) {
        return open(directory, StoreConfig.DEFAULT);
    }

    /** Opens a directory on the real disk. The store starts threads of its own. */
    public static LogStore open(Path directory, StoreConfig config) {
        return open(directory, config, new NioDisk());
    }

    /** Opens a directory on the given disk. The store starts threads of its own. */
    public static LogStore open(Path directory, StoreConfig config, Disk disk) {
        SystemEnvironment system = new SystemEnvironment(config.ioThreads(), disk);
        boolean opened = false;
        try {
            LogStore store =
                    open(directory, config, system.environment(), CLOSE_TIMEOUT, system::runAll);
            store.system = system;
            try {
                system.startTicking(store::tick);
                opened = true;
                return store;
            } finally {
                if (!opened) {
                    LogAdmin.await(store.closeAsync());
                }
            }
        } finally {
            if (!opened) {
                system.close();
            }
        }
    }

    /**
     * Opens a directory in the given environment. The store has no thread of its own then; the
     * caller calls {@link #tick} about ten times a second.
     *
     * @throws StorageException.DirectoryLocked another store holds it; the message names the holder
     * @throws StorageException.ForeignDirectory it holds files that are not Lignum's
     * @throws StorageException.UnsupportedFormat a later release wrote it
     */
    public static LogStore open(Path directory, StoreConfig config, Environment environment) {
        return open(directory, config, environment, CLOSE_TIMEOUT);
    }

    /**
     * Opens a directory.
     *
     * @param closeTimeout how long {@link #close} waits for a log that makes no progress
     */
    static LogStore open(
            Path directory, StoreConfig config, Environment environment, Duration closeTimeout) {
        return open(
                directory,
                config,
                environment,
                closeTimeout,
                tasks -> tasks.forEach(Runnable::run));
    }

    /** Topics are independent of each other, so {@code runAll} may open several at a time. */
    private static LogStore open(
            Path directory,
            StoreConfig config,
            Environment environment,
            Duration closeTimeout,
            Consumer<List<Runnable>> runAll) {
        StoreShared shared = new StoreShared(directory, config, environment);
        try {
            DataDirectory data = DataDirectory.open(environment.disk(), directory);
            boolean opened = false;
            try {
                LogStore store = new LogStore(shared, data, closeTimeout, runAll);
                opened = true;
                return store;
            } finally {
                if (!opened) { // Also after an Error: else this process would keep the lock.
                    shared.files().close();
                    data.close();
                }
            }
        } catch (IOException e) {
            throw StoreFailure.of("opening " + directory, e);
        }
    }

    private void openExisting(TopicOpener opener, Path path) {
        try {
            TopicLog log = opener.open(path);
            TopicLog namesake = topics.add(log);
            if (namesake != null) {
                throw new StorageException.CorruptLog(
                        path,
                        0,
                        "a second topic of the name " + log.name() + ", the other is "
                                + namesake.id());
            }
        } catch (IOException e) {
            throw StoreFailure.of("opening " + path, e);
        }
    }

    /**
     * Creates a topic, durably.
     *
     * @throws StorageException.TopicExists a topic has that name, or one of that name is being
     *     deleted
     * @throws StorageException.TooManyTopics the limit is reached
     * @throws StorageException.InvalidTopic the name is not a valid topic name
     */
    public TopicLog createTopic(String name, TopicConfig config) {
        return createTopic(name, config, lifecycle.newId());
    }

    /** Creates a topic with the given id, which another node chose. */
    public TopicLog createTopic(String name, TopicConfig config, UUID id) {
        return lifecycle.create(name, config, id);
    }

    /**
     * Checks a topic name, for a caller that agrees on a topic with other nodes before it creates
     * it.
     *
     * @throws StorageException.InvalidTopic the name is not a valid topic name
     */
    public static void checkTopicName(String name) {
        TopicMeta.checkName(name);
    }

    /**
     * Checks whether the store could create a topic now, for a caller that agrees on a topic with
     * other nodes before it creates it.
     *
     * @throws StorageException.DiskFull the disk has too little free space for appends
     * @throws StorageException.DiskFailed the store has failed
     */
    public void checkFreeSpace() {
        shared.refuseAppends();
    }

    public Optional<TopicLog> findTopic(String name) {
        return Optional.ofNullable(topics.find(name));
    }

    /** An id is never used again; a name may be. */
    public Optional<TopicLog> findTopic(UUID id) {
        return Optional.ofNullable(topics.find(id));
    }

    /**
     * Finds a topic by name.
     *
     * @throws StorageException.UnknownTopic no topic has that name
     */
    public TopicLog topic(String name) {
        return topics.get(name);
    }

    /** As {@link #openOrCreate(String, TopicConfig)}, with the store's default settings. */
    public TopicLog openOrCreate(String name) {
        return openOrCreate(name, shared.config().defaults());
    }

    /** Finds a topic by name, or creates it with the given settings. */
    public TopicLog openOrCreate(String name, TopicConfig config) {
        return findTopic(name).orElseGet(() -> lifecycle.findOrCreate(name, config));
    }

    /** All topics, by name. */
    public List<TopicLog> topics() {
        return List.copyOf(topics.all());
    }

    /** Changes a topic's settings, durably. Existing segments stay as they are. */
    public TopicLog alterTopic(String name, TopicConfig config) {
        return lifecycle.alter(name, config);
    }

    /**
     * Deletes a topic. Its appends and reads fail with {@link StorageException.TopicDeleted} from
     * now on. Returns when the deletion is durable; the tick deletes the files later.
     */
    public void deleteTopic(String name) {
        LogAdmin.await(deleteTopicAsync(name));
    }

    /**
     * As {@link #deleteTopic}. Throws Overloaded if no file handle is free. If a shortage then
     * delays the deletion for seconds, the future fails with outcome UNKNOWN, and it goes on.
     */
    public CompletableFuture<Void> deleteTopicAsync(String name) {
        return lifecycle.delete(name);
    }

    /** As {@link #deleteTopicAsync}, but a shortage only delays it: nodes have agreed on it. */
    public CompletableFuture<Void> deleteTopicEventually(String name) {
        return lifecycle.deleteEventually(name);
    }

    /**
     * Moves a damaged topic, as it is, to {@code divergent/<topic id>/quarantined-<n>}, and creates
     * an empty one with the same id, name and settings, so that a node can fetch it again from
     * another. The old log's appends and reads fail with {@link StorageException.Replaced}; the
     * store finds the old log until the new one is there.
     *
     * <p>Completes when both steps are durable, which may wait until there is disk space or a file
     * handle. After a failure between the two the topic does not exist.
     */
    public CompletableFuture<TopicLog> renewTopicAsync(TopicLog log) {
        return lifecycle.renew(log);
    }

    /**
     * Does the periodic work that is due: forced flushes, sealing by age, retention, checkpoints,
     * clean-up. One call at a time. What it throws is a bug or an Error, and has ended the store:
     * see {@link StoreListener#storeFailed}.
     */
    public void tick() {
        if (!lifecycle.isClosed()) {
            tick.run();
        }
    }

    /** Whether the store works and makes progress. */
    public StoreHealth health() {
        return StoreHealth.of(shared.failure(), tick.progress(), topics.all());
    }

    public StoreStatus status() {
        return new StoreStatus(
                topics.size(),
                shared.files().size(),
                shared.budget().pendingBytes(),
                shared.space().usableBytes(),
                shared.space().whyFull(),
                recoveryNanos);
    }

    public StoreConfig config() {
        return shared.config();
    }

    /** What truncations cut from topics, deleted topics included; see {@link DivergentFile}. */
    public List<DivergentFile> divergent() {
        return shared.divergent().list();
    }

    /** Finds what a truncation cut by the {@link DivergentFile#name} of the file. */
    public Optional<DivergentFile> findDivergent(String name) {
        return shared.divergent().find(name);
    }

    /** Counts what truncations cut. Cheap; a deleted file may count for another minute. */
    public DivergentTotals divergentTotals() {
        return shared.divergent().totals();
    }

    /** Adds a listener to that of the {@link StoreConfig}. */
    public void addListener(StoreListener listener) {
        shared.addListener(listener);
    }

    /** Removes a listener; a call that is under way may still reach it. */
    public void removeListener(StoreListener listener) {
        shared.removeListener(listener);
    }

    /**
     * Finishes pending appends, forces all, writes checkpoints and releases the directory. Gives up
     * when a log makes no progress for 30 s; that log then keeps the directory until it does, or
     * until the process ends.
     *
     * @throws StorageException.DiskFailed not all could be forced, or a log made no progress
     */
    @Override
    public void close() {
        try {
            CompletableFuture<Void> closing = closeAsync();
            if (!BoundedWait.until(closing::isDone, () -> health().isWriterStuck(closeTimeout))) {
                throw new StorageException.DiskFailed(
                        "closing the store",
                        new IOException(health().slowestTopic().orElse("a topic")
                                + " has not moved for " + closeTimeout.toSeconds() + " s"),
                        Outcome.UNKNOWN);
            }
            LogAdmin.await(closing);
        } finally {
            if (system != null) {
                system.close();
            }
        }
    }

    /** Closes the store as {@link #close} does, without waiting and without giving up. */
    public CompletableFuture<Void> closeAsync() {
        if (!lifecycle.close()) {
            return CompletableFuture.completedFuture(null);
        }
        deletions.close();
        lifecycle.renewals().close();
        StorageException reason = new StorageException.Closed("the store");
        CompletableFuture<?>[] closing = topics().stream()
                .map(log -> close(log, reason))
                .toArray(CompletableFuture<?>[]::new);
        return CompletableFuture.allOf(closing).whenComplete((done, failure) -> release());
    }

    private static CompletableFuture<Void> close(TopicLog log, StorageException reason) {
        try {
            return log.admin().close(reason);
        } catch (StorageException.Closed e) {
            return CompletableFuture.completedFuture(null); // The log is being replaced.
        }
    }

    private void release() {
        try {
            shared.files().close();
            directory.close();
        } catch (IOException e) {
            throw StoreFailure.of("closing the store", e);
        }
    }
}
