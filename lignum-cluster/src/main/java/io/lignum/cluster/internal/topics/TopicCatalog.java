package io.lignum.cluster.internal.topics;

import io.lignum.cluster.InternalTopics;
import io.lignum.cluster.internal.state.NodeContext;
import io.lignum.cluster.internal.state.TrimPoints;
import io.lignum.record.RecordBatch;
import io.lignum.record.RecordCursor;
import io.lignum.storage.Durability;
import io.lignum.storage.LogCursor;
import io.lignum.storage.LogStore;
import io.lignum.storage.StorageException;
import io.lignum.storage.TopicConfig;
import io.lignum.storage.TopicLog;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Applies the committed records of the metadata log on this node, in order, so that every node has
 * the same topics with the same ids (R32).
 *
 * <p>The catalog reads the log up to its high watermark, collects the changes in a
 * {@link CatalogState}, makes the high watermark durable, and then creates, alters and deletes
 * topics through {@link TopicChanges}. At start it reads the whole log again; changes that are in
 * force already have no effect. The log grows with changes to topics, not with their records.
 *
 * <p>A shortage of disk space or file handles, or a name that is still taken, delays changes until
 * they are possible. A failed disk ends the node (R36).
 *
 * <p>The node loop only; the work runs on the pool for blocking work, one task at a time.
 */
public final class TopicCatalog {

    /** No topic of a user can have this name: it starts with a reserved prefix. */
    public static final String NAME = InternalTopics.METADATA;

    public static final UUID ID = new UUID(0x4c69676e756d4d6fL, 0x8000746f70696373L);

    private static final Logger LOG = LoggerFactory.getLogger(TopicCatalog.class);

    private static final int MAX_RECORD_BYTES = 1 << 20;
    private static final Duration RETRY = Duration.ofSeconds(1);

    /** Notified on the node loop. */
    public interface Listener {
        void topicCreated(TopicLog log);

        void topicAltered(TopicLog log);

        /** A trim is committed, and the log has, or may get, records that are trimmed. */
        void topicTrimmed(TopicLog log);

        void topicDeleted(UUID id);

        /** Everything below this offset of the metadata log is applied. */
        void caughtUp(long applied);

        /** A topic cannot be created until another one with its name is deleted here. */
        void nameTaken(String why);

        /**
         * The disk failed, the log has an invalid record, or there is no capacity for its topics.
         */
        void catalogFailed(@Nullable Throwable cause);
    }

    private final NodeContext context;
    private volatile TopicLog log;
    private final Listener listener;
    private final CatalogState state = new CatalogState(); // belongs to the running task
    private long read; // exclusive end of what the state contains; belongs to the running task
    private boolean full; // belongs to the running task
    private volatile boolean pending; // changes were given back to the state and can be tried again
    private final TopicChanges changes;
    private final Map<UUID, TrimPoints> trims = new ConcurrentHashMap<>();
    private long applied;
    private boolean running;

    public TopicCatalog(NodeContext context, TopicLog log, Listener listener) {
        this.context = context;
        this.log = log;
        this.listener = listener;
        changes = new TopicChanges(context, listener, this::applyPending);
        applied = log.logStartOffset();
        read = applied;
    }

    /** Opens the metadata log; creates it if the node is new. */
    public static TopicLog open(LogStore store) {
        TopicConfig config =
                TopicConfig.DEFAULT.withDurability(Durability.ALWAYS).withReplication(true, 0);
        return usingReserve(
                store.findTopic(ID).orElseGet(() -> store.createTopic(NAME, config, ID)));
    }

    /** Its records may use the reserve, because they delete or trim topics and so free space. */
    private static TopicLog usingReserve(TopicLog log) {
        log.useReserve();
        return log;
    }

    public TopicLog log() {
        return log;
    }

    /**
     * The metadata log was damaged and is fetched again. What has been applied is the same, and is
     * not read again.
     */
    public void renewed(TopicLog made) {
        log = usingReserve(made);
        running = false;
    }

    /** Exclusive end of what has been applied. */
    public long applied() {
        return applied;
    }

    /** Whether the topic exists, according to the records that have been applied. */
    public boolean knows(UUID topic) {
        return trims.containsKey(topic);
    }

    /** The topic's trims, according to the records that have been applied. Any thread. */
    public TrimPoints trimsOf(UUID topic) {
        return trims.getOrDefault(topic, TrimPoints.NONE);
    }

    /**
     * Topics that become live by records of this node's copy that are not applied yet, committed or
     * not. Read on the pool for blocking work.
     */
    public CompletableFuture<Set<UUID>> becomingLive() {
        long from = applied;
        TopicLog of = log;
        return context.callBlocking(() -> readBecomingLive(of, from));
    }

    private static Set<UUID> readBecomingLive(TopicLog of, long from) {
        Set<UUID> found = new HashSet<>();
        try (LogCursor cursor = of.replicationCursor(from)) {
            while (cursor.next()) {
                read(cursor.batch(), from, record -> {
                    if (record instanceof MetadataRecord.Alter alter
                            && alter.config().live()) {
                        found.add(alter.topic());
                    } else if (record instanceof MetadataRecord.Alter) {
                        found.remove(record.topic());
                    }
                });
            }
        }
        return found;
    }

    /** The high watermark of a log has advanced; it may be this one. */
    public void committed(TopicLog moved) {
        if (moved == log) {
            wake();
        }
    }

    /** More records may be committed. */
    public void wake() {
        if (running) {
            return;
        }
        long from = applied;
        if (log.readableEndOffset() > from) {
            running = true;
            context.blocking(this::run);
        } else if (log.highWatermark().orElse(0) > from) {
            // The log reports a flush shortly before it lets readers read what was flushed.
            running = true;
            context.onLoop(NodeContext.attempt(() -> log.awaitReadable(from)), (end, failure) -> {
                running = false;
                if (failure == null) {
                    wake();
                }
            });
        }
    }

    private void run() {
        attempt(() -> {
            readOn();
            if (state.hasChanged()) {
                checkpointCommitted();
            } else {
                finished();
            }
        });
    }

    private void readOn() {
        try (LogCursor cursor = log.cursor(read)) {
            while (cursor.next()) {
                int epoch = cursor.batch().epoch();
                read(cursor.batch(), read, record -> state.apply(record, epoch));
                read = cursor.nextOffset();
            }
        } catch (StorageException.DiskFailed
                | StorageException.Overloaded
                | StorageException.CorruptLog e) {
            throw new ReadFailure(e);
        }
    }

    /**
     * The high watermark is durable before records are applied: otherwise the node would start
     * again with an older one, and find topics that the committed records do not explain.
     */
    private void checkpointCommitted() {
        context.whenDone(log.admin().checkpoint(), (done, failure) -> {
            if (failure != null) {
                failed(failure);
            } else {
                context.blocking(() -> attempt(() -> {
                    applyAll(state.takeChanged());
                    finished();
                }));
            }
        });
    }

    private void finished() {
        full = false;
        long end = read;
        context.onLoop(() -> {
            running = false;
            applied = end;
            listener.caughtUp(end);
            wake();
            applyPending();
        });
    }

    /** Tries changes again that waited for disk space or for a name. */
    private void applyPending() {
        if (!running && pending && !changes.isDeleting()) {
            running = true;
            pending = false;
            context.blocking(this::run);
        }
    }

    private void attempt(Runnable part) {
        try {
            part.run();
        } catch (RuntimeException e) {
            failed(e);
        }
    }

    private void failed(@Nullable Throwable cause) {
        if (cause instanceof StorageException.Closed) {
            // The store is closed, or a topic is being replaced.
            LOG.debug("topics are not changed now: {}", cause.toString());
            tryAgain();
        } else if (cause instanceof StorageException.DiskFull
                || cause instanceof StorageException.Overloaded) {
            waitForSpace((StorageException) cause);
        } else if (cause instanceof ReadFailure) {
            LOG.warn("The metadata log cannot be read now: {}", String.valueOf(cause.getMessage()));
            tryAgain();
        } else {
            context.onLoop(() -> listener.catalogFailed(cause));
        }
    }

    /**
     * A full disk is not a failed one (R36): the remaining changes wait for disk space or a file
     * handle.
     */
    private void waitForSpace(StorageException cause) {
        if (!full) {
            full = true;
            LOG.error(
                    "Topics are not changed on this node until there is disk space: {}",
                    cause.getMessage());
        }
        tryAgain();
    }

    private void tryAgain() {
        TopicLog of = log;
        context.later(RETRY, () -> {
            if (of == log) {
                running = false;
                pending = true;
                applyPending();
                wake();
            }
        });
    }

    /** A failed read says nothing about data on the disk; a damage check follows elsewhere. */
    private static final class ReadFailure extends RuntimeException {
        private static final long serialVersionUID = 1L;

        ReadFailure(StorageException cause) {
            super(cause.getMessage(), cause);
        }
    }

    private void applyAll(List<UUID> changed) {
        List<UUID> withoutSpace = new ArrayList<>();
        StorageException.DiskFull noSpace = null;
        for (int i = 0; i < changed.size(); i++) {
            boolean mayFreeName = changes.isDeleting();
            try {
                apply(changed.get(i));
            } catch (StorageException.DiskFull e) {
                withoutSpace.add(changed.get(i)); // A later deletion may free space.
                noSpace = e;
            } catch (StorageException.Overloaded | StorageException.Closed e) {
                state.giveBack(withoutSpace);
                state.giveBack(changed.subList(i, changed.size()));
                throw e;
            } catch (StorageException.TopicExists e) {
                state.giveBack(List.of(changed.get(i)));
                if (mayFreeName) {
                    pending = true;
                } else {
                    reportNameTaken(e);
                }
            }
        }
        if (noSpace != null) {
            state.giveBack(withoutSpace);
            throw noSpace;
        }
    }

    /**
     * A topic that the applied records do not explain has the name. If the log is being fetched
     * again, more records follow, and the topic is created then.
     */
    private void reportNameTaken(StorageException.TopicExists cause) {
        context.onLoop(() -> listener.nameTaken(String.valueOf(cause.getMessage())));
    }

    private static void read(RecordBatch batch, long from, Consumer<MetadataRecord> reader) {
        RecordCursor records = batch.records(MAX_RECORD_BYTES);
        while (records.next()) {
            if (records.offset() >= from) {
                reader.accept(MetadataRecord.fromJson(records.toRecord().text()));
            }
        }
    }

    private void apply(UUID id) {
        CatalogState.Topic wanted = state.find(id);
        if (wanted == null) {
            trims.remove(id);
        } else {
            trims.put(id, wanted.trims());
        }
        changes.apply(id, wanted);
    }

    /**
     * Trims a topic, once there is disk space and a file handle to record it.
     *
     * @param over whether the trim is not wanted any more; called on the node loop
     */
    public void trim(TopicLog topic, long newStart, BooleanSupplier over) {
        changes.trim(topic, newStart, over);
    }
}
