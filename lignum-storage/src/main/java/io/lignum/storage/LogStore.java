package io.lignum.storage;

import io.lignum.record.IoErrors;
import io.lignum.storage.env.BoundedWait;
import io.lignum.storage.env.Disk;
import io.lignum.storage.env.DiskFullException;
import io.lignum.storage.env.Environment;
import io.lignum.storage.env.NioDisk;
import io.lignum.storage.env.ShortageException;
import io.lignum.storage.env.SystemEnvironment;
import io.lignum.storage.env.TooManyOpenFilesException;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * A directory of topics. One store works on a directory at a time.
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
 * <p>Every method may be called by any thread. Errors are {@link StorageException}s.
 */
public final class LogStore implements AutoCloseable {

    private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(30);

    private final StoreShared shared;
    private final DataDirectory directory;
    private final TopicOpener opener;
    private final Topics topics = new Topics();
    private final TopicDeletions deletions;
    private final StoreTick tick;
    private final long recoveryNanos;
    private @Nullable SystemEnvironment system;
    private volatile boolean closed;

    private LogStore(StoreShared shared, DataDirectory directory, Consumer<List<Runnable>> runAll)
            throws IOException {
        this.shared = shared;
        this.directory = directory;
        opener = new TopicOpener(shared, directory);
        long started = shared.clock().monotonicNanos();
        shared.space().look();
        List<Runnable> openings = new ArrayList<>();
        for (Path path : directory.topics()) {
            openings.add(() -> openExisting(path));
        }
        runAll.accept(openings);
        shared.failure().endsAlso(topics.all());
        deletions = new TopicDeletions(shared, directory, topics);
        tick = new StoreTick(shared, directory, deletions, topics.all());
        recoveryNanos = shared.clock().monotonicNanos() - started;
    }

    /** Opens a directory with the default limits, creating it if need be. */
    public static LogStore open(Path directory) {
        return open(directory, StoreConfig.DEFAULT);
    }

    /** Opens a directory on the real disk, with threads of its own. */
    public static LogStore open(Path directory, StoreConfig config) {
        return open(directory, config, new NioDisk());
    }

    /** Opens a directory on a disk that is handed in, with threads of its own. */
    public static LogStore open(Path directory, StoreConfig config, Disk disk) {
        SystemEnvironment system = new SystemEnvironment(config.ioThreads(), disk);
        boolean opened = false;
        try {
            LogStore store = open(directory, config, system.environment(), system::runAll);
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
     * Opens a directory in an environment that is handed in. The store has no thread of its own
     * then; {@link #tick} wants to be called about ten times a second.
     *
     * @throws StorageException.DirectoryLocked another store works on it; the message says who
     * @throws StorageException.ForeignDirectory it holds files that are not Lignum's
     * @throws StorageException.UnsupportedFormat it was written by a later release
     */
    public static LogStore open(Path directory, StoreConfig config, Environment environment) {
        return open(directory, config, environment, tasks -> tasks.forEach(Runnable::run));
    }

    /** Topics know nothing of each other, so {@code runAll} may open several at a time. */
    private static LogStore open(
            Path directory,
            StoreConfig config,
            Environment environment,
            Consumer<List<Runnable>> runAll) {
        StoreShared shared = new StoreShared(directory, config, environment);
        try {
            String holder = "process " + ProcessHandle.current().pid();
            DataDirectory data = DataDirectory.open(environment.disk(), directory, holder);
            boolean opened = false;
            try {
                LogStore store = new LogStore(shared, data, runAll);
                opened = true;
                return store;
            } finally {
                if (!opened) { // Also after an Error: the lock would outlive it.
                    shared.files().close();
                    data.close();
                }
            }
        } catch (IOException e) {
            throw failed("opening " + directory, e);
        }
    }

    private static StorageException failed(String what, IOException cause) {
        if (cause instanceof DiskFullException) {
            return new StorageException.DiskFull(what + ": " + IoErrors.describe(cause));
        }
        if (cause instanceof TooManyOpenFilesException) {
            return new StorageException.Overloaded(what + ": " + IoErrors.describe(cause));
        }
        return new StorageException.DiskFailed(what, cause, Outcome.NOT_APPLIED);
    }

    /**
     * What is said of a change that met a failure. A shortage has refused it. After any other
     * failure it may be in force when the store is opened again, and a force that failed is not
     * repeated: the store ends.
     */
    private StorageException failedChange(String what, Throwable cause) {
        if (cause instanceof ShortageException shortage) {
            return failed(what, shortage);
        }
        if (cause instanceof UncertainChangeException uncertain) {
            return failed(what, uncertain.shortage()).unknown();
        }
        shared.failure().fail(what, cause);
        return shared.failure().describe(what, cause, Outcome.UNKNOWN);
    }

    private void openExisting(Path path) {
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
            throw failed("opening " + path, e);
        }
    }

    /**
     * Creates a topic, durably.
     *
     * @throws StorageException.TopicExists there is one of that name, or one is being deleted
     * @throws StorageException.TooManyTopics the limit is reached
     * @throws StorageException.InvalidTopic the name is not one
     */
    public TopicLog createTopic(String name, TopicConfig config) {
        return createTopic(name, config, newId());
    }

    /**
     * Whether a topic can have that name: for who agrees with others about a topic before any
     * creates it.
     *
     * @throws StorageException.InvalidTopic none can
     */
    public static void checkTopicName(String name) {
        TopicMeta.checkName(name);
    }

    /** Creates a topic with an id that was given elsewhere. */
    public synchronized TopicLog createTopic(String name, TopicConfig config, UUID id) {
        refuseIfClosed();
        TopicMeta.checkName(name);
        shared.refuseAppends();
        if (topics.isTaken(name) || directory.holds(id)) {
            throw new StorageException.TopicExists(name);
        }
        if (topics.size() >= shared.config().maxTopics()) {
            throw new StorageException.TooManyTopics(shared.config().maxTopics());
        }
        try {
            TopicLog log = opener.create(new TopicMeta(id, name, config));
            topics.add(log);
            shared.tell(listener -> listener.topicsChanged(topics.size()));
            return log;
        } catch (IOException e) {
            throw failedChange("creating topic " + name, e);
        }
    }

    /**
     * Whether a topic could be created now, for who agrees with others about it before any creates
     * it.
     *
     * @throws StorageException.DiskFull appends are refused for want of room
     * @throws StorageException.DiskFailed the store has failed
     */
    public void checkRoom() {
        shared.refuseAppends();
    }

    private UUID newId() {
        var random = shared.random();
        long high = (random.nextLong() & ~0xf000L) | 0x4000L;
        long low = (random.nextLong() & ~(3L << 62)) | (1L << 63);
        return new UUID(high, low); // version 4, from the randomness that was handed in
    }

    public Optional<TopicLog> findTopic(String name) {
        return Optional.ofNullable(topics.find(name));
    }

    /** The topic of that id; an id is never used again, a name may be. */
    public Optional<TopicLog> findTopic(UUID id) {
        return Optional.ofNullable(topics.find(id));
    }

    /**
     * The topic of that name.
     *
     * @throws StorageException.UnknownTopic there is none
     */
    public TopicLog topic(String name) {
        TopicLog log = topics.find(name);
        if (log == null) {
            throw new StorageException.UnknownTopic(name);
        }
        return log;
    }

    /** The topic of that name, created with the store's default settings if there is none. */
    public TopicLog openOrCreate(String name) {
        return openOrCreate(name, shared.config().defaults());
    }

    /** The topic of that name, created with these settings if there is none. */
    public TopicLog openOrCreate(String name, TopicConfig config) {
        TopicLog log = topics.find(name);
        if (log != null) {
            return log;
        }
        synchronized (this) {
            log = topics.find(name);
            return log != null ? log : createTopic(name, config);
        }
    }

    /** All topics, by name. */
    public List<TopicLog> topics() {
        return List.copyOf(topics.all());
    }

    /** Changes a topic's settings, durably. Segments that exist stay as they are. */
    public synchronized TopicLog alterTopic(String name, TopicConfig config) {
        refuseIfClosed();
        shared.refuseIfFailed();
        TopicLog log = topic(name);
        TopicMeta changed = new TopicMeta(log.id(), name, config);
        try {
            changed.write(shared.disk(), log.state().directory());
            forceChange(log.state().directory());
            log.configure(changed);
            return log;
        } catch (IOException e) {
            throw failedChange("changing topic " + name, e);
        }
    }

    /** The new name is there already. */
    private void forceChange(Path changed) throws IOException {
        try {
            shared.disk().forceDirectory(changed);
        } catch (ShortageException e) {
            throw new UncertainChangeException("the new settings were not forced", e);
        }
    }

    /**
     * Deletes a topic. Its appends and reads fail with {@link StorageException.TopicDeleted} from
     * now on; its files go by and by.
     */
    public void deleteTopic(String name) {
        LogAdmin.await(deleteTopicAsync(name));
    }

    /**
     * As {@link #deleteTopic} without waiting; completes when the topic is gone durably, which may
     * wait until there is room or a file handle. Until then no other can have its name.
     */
    public synchronized CompletableFuture<Void> deleteTopicAsync(String name) {
        refuseIfClosed();
        TopicLog log = topic(name);
        topics.leaves(log);
        CompletableFuture<Void> deleted;
        try {
            deleted = deletions.delete(log);
        } catch (StorageException e) {
            topics.stays(log); // It is being renewed, and nothing was begun.
            throw e;
        }
        shared.tell(listener -> listener.topicsChanged(topics.size()));
        return deleted;
    }

    /**
     * Takes a topic that is damaged out of the way, as it is, to
     * {@code divergent/<topic id>/quarantined-<n>}, and puts an empty one of the same id, name and
     * settings in its place: for a node that fetches it again from another. The old log's appends
     * and reads fail with {@link StorageException.Replaced}, and it is found until the new one is
     * there.
     *
     * <p>Completes when both are durable. If it fails between the two there is no such topic any
     * more.
     */
    public synchronized CompletableFuture<TopicLog> renewTopicAsync(TopicLog log) {
        refuseIfClosed();
        if (topics.find(log.id()) != log) {
            throw new StorageException.UnknownTopic(log.name());
        }
        return log.admin()
                .delete(
                        new StorageException.Replaced(log.name()),
                        () -> directory.moveToQuarantine(log.state().directory(), log.id()))
                .thenApply(moved -> recreate(log));
    }

    private synchronized TopicLog recreate(TopicLog old) {
        refuseIfClosed();
        boolean made = false;
        try {
            TopicLog log = opener.create(new TopicMeta(old.id(), old.name(), old.config()));
            topics.replace(old, log);
            made = true;
            return log;
        } catch (StorageException e) {
            throw e;
        } catch (IOException | RuntimeException | Error e) { // An engine thread runs this.
            throw failedChange("creating topic " + old.name() + " again", e);
        } finally {
            if (!made) {
                topics.remove(old);
            }
        }
    }

    /**
     * Does what is due: forced flushes, sealing by age, retention, checkpoints, clean-up. One call
     * at a time. What it throws is a bug or an Error, and has ended the store: see
     * {@link StoreListener#storeFailed}.
     */
    public void tick() {
        if (!closed) {
            tick.run();
        }
    }

    /** Whether the store works and moves; see {@link StoreHealth}. */
    public StoreHealth health() {
        TopicLog slowest = topics.all().stream()
                .filter(log -> log.progress().isWorking())
                .max(Comparator.comparing(log -> log.progress().sinceMove()))
                .orElse(null);
        return new StoreHealth(
                Optional.ofNullable(shared.failure().refusal()),
                tick.progress().sinceMove(),
                slowest == null ? Duration.ZERO : slowest.progress().sinceMove(),
                Optional.ofNullable(slowest).map(TopicLog::name));
    }

    public StoreStatus status() {
        return new StoreStatus(
                topics.size(),
                shared.files().size(),
                shared.budget().pendingBytes(),
                shared.space().usableBytes(),
                shared.space().isFull(),
                recoveryNanos);
    }

    public StoreConfig config() {
        return shared.config();
    }

    /**
     * What truncations cut from topics, also from such as are deleted; see {@link DivergentFile}.
     */
    public List<DivergentFile> divergent() {
        return DivergentFile.list(directory.root(), shared.disk());
    }

    /** Has one more listener told, beside that of the {@link StoreConfig}. */
    public void addListener(StoreListener listener) {
        shared.addListener(listener);
    }

    /** Takes back {@link #addListener}; calls that are under way may still come. */
    public void removeListener(StoreListener listener) {
        shared.removeListener(listener);
    }

    private void refuseIfClosed() {
        if (closed) {
            throw new StorageException.Closed("the store");
        }
    }

    /**
     * Forces all, writes checkpoints and lets go of the directory. Appends on their way are
     * finished. Gives up when a log does not move for 30 s, which then holds the directory until it
     * does, or the process ends.
     *
     * @throws StorageException.DiskFailed not all could be forced, or it was given up
     */
    @Override
    public void close() {
        try {
            CompletableFuture<Void> closing = closeAsync();
            if (!BoundedWait.until(closing::isDone, () -> health().isWriterStuck(CLOSE_PATIENCE))) {
                throw new StorageException.DiskFailed(
                        "closing the store",
                        new IOException(health().slowestTopic().orElse("a topic")
                                + " has not moved for " + CLOSE_PATIENCE.toSeconds() + " s"),
                        Outcome.UNKNOWN);
            }
            LogAdmin.await(closing);
        } finally {
            if (system != null) {
                system.close();
            }
        }
    }

    /**
     * As {@link #close} without waiting, for a store that was opened in an environment handed in.
     */
    public CompletableFuture<Void> closeAsync() {
        synchronized (this) {
            if (closed) {
                return CompletableFuture.completedFuture(null);
            }
            closed = true;
        }
        deletions.close();
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
            return CompletableFuture.completedFuture(null); // It is being renewed.
        }
    }

    private void release() {
        try {
            shared.files().close();
            directory.close();
        } catch (IOException e) {
            throw failed("closing the store", e);
        }
    }
}
