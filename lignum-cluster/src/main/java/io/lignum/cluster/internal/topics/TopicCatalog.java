package io.lignum.cluster.internal.topics;

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
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Carries out what the metadata log says, in its order, as far as it is committed: the same topics
 * with the same ids come to be on every node.
 *
 * <p>At start the whole log is gone through again; what is done already is left as it is. It grows
 * with the changes to topics, not with their records.
 *
 * <p>The node's loop only; the work itself runs on the pool for blocking work, one task at a time.
 */
public final class TopicCatalog {

    /** Its name is taken from nobody: names of users do not begin so. */
    public static final String NAME = "__topics";

    public static final UUID ID = new UUID(0x4c69676e756d4d6fL, 0x8000746f70696373L);

    private static final Logger LOG = LoggerFactory.getLogger(TopicCatalog.class);

    private static final int MAX_RECORD_BYTES = 1 << 20;
    private static final Duration RETRY_IF_FULL = Duration.ofSeconds(1);

    /** Told what came of the records, on the loop. */
    public interface Listener {
        void topicCreated(TopicLog log);

        void topicAltered(TopicLog log);

        /** A trim is committed, and the log has, or may get, records that it means. */
        void topicTrimmed(TopicLog log);

        void topicDeleted(UUID id);

        /** All below this offset of the metadata log is carried out. */
        void caughtUp(long applied);

        /** A topic is not created before the one that has its name here is gone. */
        void nameTaken(String why);

        /** The disk failed, the log holds what it must not, or there is no place for its topics. */
        void catalogFailed(@Nullable Throwable cause);
    }

    private final NodeContext node;
    private volatile TopicLog log;
    private final Listener listener;
    private final CatalogState state = new CatalogState(); // belongs to the task that runs
    private long read; // exclusive end of what the state has taken in; the task's, too
    private boolean full; // the task's, too
    private volatile boolean undone; // what was given back to the state can be tried again
    private final Set<UUID> leaving = ConcurrentHashMap.newKeySet(); // whose deletion goes on
    private final Map<UUID, TrimPoints> trims =
            new ConcurrentHashMap<>(); // of all topics that there are
    private long applied;
    private boolean running;

    public TopicCatalog(NodeContext node, TopicLog log, Listener listener) {
        this.node = node;
        this.log = log;
        this.listener = listener;
        applied = log.logStartOffset();
        read = applied;
    }

    /** Opens the metadata log, which is made when the node is new. */
    public static TopicLog open(LogStore store) {
        TopicConfig config =
                TopicConfig.DEFAULT.withDurability(Durability.ALWAYS).withReplication(true, 0);
        return usingReserve(
                store.findTopic(ID).orElseGet(() -> store.createTopic(NAME, config, ID)));
    }

    /** Its records make room, when they tell what is deleted or trimmed. */
    private static TopicLog usingReserve(TopicLog log) {
        log.useReserve();
        return log;
    }

    public TopicLog log() {
        return log;
    }

    /**
     * The metadata log was damaged and is fetched again. What is carried out is the same, and not
     * gone through again.
     */
    public void renewed(TopicLog made) {
        log = usingReserve(made);
        running = false;
    }

    /** Exclusive end of what is carried out. */
    public long applied() {
        return applied;
    }

    /** Whether the metadata log, as far as it is carried out, says that there is this topic. */
    public boolean knows(UUID topic) {
        return trims.containsKey(topic);
    }

    /**
     * What of the topic is trimmed, as the metadata log, as far as it is carried out, says. Any
     * thread.
     */
    public TrimPoints trimsOf(UUID topic) {
        return trims.getOrDefault(topic, TrimPoints.NONE);
    }

    /**
     * Topics that become live, as this node's copy of the metadata log says beyond what is carried
     * out, committed or not. Read on the pool for blocking work.
     */
    public CompletableFuture<Set<UUID>> becomingLive() {
        long from = applied;
        TopicLog of = log;
        return node.callBlocking(() -> readBecomingLive(of, from));
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

    /** The high watermark of a log moved, which may be this one. */
    public void committed(TopicLog moved) {
        if (moved == log) {
            wake();
        }
    }

    /** More may be committed. */
    public void wake() {
        if (running) {
            return;
        }
        long from = applied;
        if (log.readableEndOffset() > from) {
            running = true;
            node.blocking(this::run);
        } else if (log.highWatermark().orElse(0) > from) {
            // The log tells of a flush a moment before it lets anybody read what was flushed.
            running = true;
            node.onLoop(NodeContext.attempt(() -> log.awaitReadable(from)), (end, failure) -> {
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
                rememberCommitted();
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
     * How far the log is committed is durable before it is carried out: else this node, started
     * again, would begin with what was before, and meet topics that it does not know of yet.
     */
    private void rememberCommitted() {
        node.whenDone(log.admin().checkpoint(), (done, failure) -> {
            if (failure != null) {
                failed(failure);
            } else {
                node.blocking(() -> attempt(() -> {
                    carryOut(state.takeChanged());
                    finished();
                }));
            }
        });
    }

    private void finished() {
        full = false;
        long end = read;
        node.onLoop(() -> {
            running = false;
            applied = end;
            listener.caughtUp(end);
            wake();
            goOn();
        });
    }

    /** What waited for room, or for a name, is tried again. */
    private void goOn() {
        if (!running && undone && leaving.isEmpty()) {
            running = true;
            undone = false;
            node.blocking(this::run);
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
            // The store, or a topic that is fetched again just now.
            LOG.debug("topics are not changed now: {}", cause.toString());
            tryAgain();
        } else if (cause instanceof StorageException.DiskFull
                || cause instanceof StorageException.Overloaded) {
            waitForRoom((StorageException) cause);
        } else if (cause instanceof ReadFailure) {
            LOG.warn("The metadata log cannot be read now: {}", String.valueOf(cause.getMessage()));
            tryAgain();
        } else {
            node.onLoop(() -> listener.catalogFailed(cause));
        }
    }

    /**
     * A full disk is no failed one (R36): what is left to do waits for room, or for a file handle.
     */
    private void waitForRoom(StorageException cause) {
        if (!full) {
            full = true;
            LOG.error("Topics are not changed here until there is room: {}", cause.getMessage());
        }
        tryAgain();
    }

    private void tryAgain() {
        TopicLog of = log;
        node.later(RETRY_IF_FULL, () -> {
            if (of == log) {
                running = false;
                undone = true;
                goOn();
                wake();
            }
        });
    }

    /**
     * Reading failed, which proves nothing of the disk. Whether the log is damaged the node finds
     * out.
     */
    private static final class ReadFailure extends RuntimeException {
        private static final long serialVersionUID = 1L;

        ReadFailure(StorageException cause) {
            super(cause.getMessage(), cause);
        }
    }

    private void carryOut(List<UUID> changed) {
        List<UUID> withoutRoom = new ArrayList<>();
        StorageException.DiskFull noRoom = null;
        for (int i = 0; i < changed.size(); i++) {
            boolean nameMayComeFree = !leaving.isEmpty();
            try {
                carryOut(changed.get(i));
            } catch (StorageException.DiskFull e) {
                withoutRoom.add(changed.get(i)); // What is deleted behind makes room.
                noRoom = e;
            } catch (StorageException.Overloaded | StorageException.Closed e) {
                state.giveBack(withoutRoom);
                state.giveBack(changed.subList(i, changed.size()));
                throw e;
            } catch (StorageException.TopicExists e) {
                state.giveBack(List.of(changed.get(i)));
                if (nameMayComeFree) {
                    undone = true;
                } else {
                    waitForName(e);
                }
            }
        }
        if (noRoom != null) {
            state.giveBack(withoutRoom);
            throw noRoom;
        }
    }

    /**
     * A topic that the log does not tell of, as far as it is here, has the name. If the log was
     * fetched again there is more to come; the topic is created then.
     */
    private void waitForName(StorageException.TopicExists cause) {
        node.onLoop(() -> listener.nameTaken(String.valueOf(cause.getMessage())));
    }

    private static void read(RecordBatch batch, long from, Consumer<MetadataRecord> reader) {
        RecordCursor records = batch.records(MAX_RECORD_BYTES);
        while (records.next()) {
            if (records.offset() >= from) {
                reader.accept(MetadataRecord.fromJson(records.toRecord().text()));
            }
        }
    }

    private void carryOut(UUID id) {
        CatalogState.Topic wanted = state.find(id);
        Optional<TopicLog> there = node.store().findTopic(id);
        if (wanted == null) {
            trims.remove(id);
            there.ifPresent(this::delete);
            return;
        }
        trims.put(id, wanted.trims());
        TopicLog topic = there.orElseGet(() -> create(wanted));
        if (!topic.config().equals(wanted.config())) {
            node.store().alterTopic(topic.name(), wanted.config());
            node.onLoop(() -> listener.topicAltered(topic));
        }
        if (wanted.trims().highest() > topic.logStartOffset()) {
            node.onLoop(() -> listener.topicTrimmed(topic));
        }
    }

    private TopicLog create(CatalogState.Topic wanted) {
        TopicLog made = node.store().createTopic(wanted.name(), wanted.config(), wanted.id());
        if (wanted.config().live()) {
            made.resetHighWatermark(
                    OptionalLong.of(0)); // Nothing may be read before it is committed.
        }
        node.onLoop(() -> listener.topicCreated(made));
        return made;
    }

    private void delete(TopicLog gone) {
        node.onLoop(() -> listener.topicDeleted(gone.id()));
        leaving.add(gone.id());
        CompletableFuture<Void> deleted;
        try {
            deleted = node.store().deleteTopicAsync(gone.name());
        } catch (StorageException e) {
            leaving.remove(gone.id()); // Nothing was begun.
            throw e;
        }
        node.whenDone(deleted, (done, failure) -> {
            if (failure != null) {
                LOG.warn("deleting topic {} failed: {}", gone.name(), failure.toString());
            }
            leaving.remove(gone.id());
            node.onLoop(this::goOn);
        });
    }

    /**
     * Deletes what is below, once the disk has room, and the process a file handle, to note that.
     *
     * @param over nobody is to trim it any more; asked on the loop
     */
    public void trim(TopicLog topic, long newStart, BooleanSupplier over) {
        node.onLoop(topic.admin().trim(newStart), (done, failure) -> {
            if (failure instanceof StorageException.DiskFull
                    || failure instanceof StorageException.Overloaded) {
                node.later(RETRY_IF_FULL, () -> {
                    if (!over.getAsBoolean()) {
                        trim(topic, newStart, over);
                    }
                });
            } else if (failure != null) {
                LOG.warn("trimming topic {} failed: {}", topic.name(), failure.toString());
            }
        });
    }
}
