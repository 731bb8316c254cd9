package io.lignum.storage;

import io.lignum.record.IoErrors;
import io.lignum.storage.env.ShortageException;
import io.lignum.storage.internal.segment.UncertainChangeException;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Replaces damaged topics by empty ones: moves a topic's directory to {@code divergent/}, then
 * creates the topic again. A step that meets a shortage of disk space or file handles is tried
 * again in each pass of the store's tick, until the store is closed. Until the new log is there,
 * the old one is found and refuses every call.
 *
 * <p>A failure of another kind ends the store; the topic is then no longer found.
 *
 * <p>Any thread; {@link #retry} one at a time.
 */
final class TopicRenewals {

    private static final Logger LOG = LoggerFactory.getLogger(TopicRenewals.class);

    /** Creates the topic of a log again, and puts the new log in the place of the old one. */
    interface Creation {
        TopicLog createAgain(TopicLog old) throws IOException;
    }

    private static final class Renewal {
        final TopicLog old;
        final CompletableFuture<TopicLog> done = new CompletableFuture<>();
        boolean moved;
        boolean wasPutOff;

        Renewal(TopicLog old) {
            this.old = old;
        }
    }

    private final StoreShared store;
    private final DataDirectory directory;
    private final OpenTopics topics;
    private final Creation creation;
    private final Queue<Renewal> waiting = new ConcurrentLinkedQueue<>();
    private volatile boolean closed;

    TopicRenewals(
            StoreShared store, DataDirectory directory, OpenTopics topics, Creation creation) {
        this.store = store;
        this.directory = directory;
        this.topics = topics;
        this.creation = creation;
    }

    /** Closes the log, moves it aside and creates it again; completes when both are durable. */
    CompletableFuture<TopicLog> renew(TopicLog log) {
        Renewal renewal = new Renewal(log);
        return log.admin()
                .delete(new StorageException.Replaced(log.name()), () -> {})
                .thenCompose(ended -> {
                    run(renewal);
                    return renewal.done;
                });
    }

    private void run(Renewal renewal) {
        try {
            if (!renewal.moved) {
                directory.moveToQuarantine(renewal.old.state().directory(), renewal.old.id());
                renewal.moved = true;
            }
            renewal.done.complete(creation.createAgain(renewal.old));
        } catch (ShortageException e) {
            putOff(renewal, e);
        } catch (UncertainChangeException e) {
            putOff(renewal, e.shortage());
        } catch (StorageException e) {
            end(renewal, e);
        } catch (IOException | RuntimeException | Error e) { // An engine thread runs this.
            String what = "creating topic " + renewal.old.name() + " again";
            store.failure().fail(what, e);
            end(renewal, store.failure().describe(what, e, Outcome.UNKNOWN));
        }
    }

    private void putOff(Renewal renewal, ShortageException cause) {
        store.space().found(cause);
        String topic = renewal.old.name();
        if (renewal.wasPutOff) { // Ten times a second while the shortage lasts.
            LOG.debug("Topic {} still waits to be created: {}", topic, IoErrors.describe(cause));
        } else {
            LOG.warn("Topic {} is created again later: {}", topic, IoErrors.describe(cause));
        }
        renewal.wasPutOff = true;
        waiting.add(renewal);
        if (closed) {
            close();
        }
    }

    private void end(Renewal renewal, StorageException cause) {
        topics.remove(renewal.old);
        renewal.done.completeExceptionally(cause);
    }

    /** Tries again what failed because of a shortage. */
    void retry() {
        for (int left = waiting.size(); left > 0; left--) {
            Renewal renewal = waiting.poll();
            if (renewal != null) {
                run(renewal);
            }
        }
    }

    /**
     * What still waits fails. What was not moved is damaged and found when the store is opened
     * again.
     */
    void close() {
        closed = true;
        for (Renewal left = waiting.poll(); left != null; left = waiting.poll()) {
            end(left, new StorageException.Closed("the store"));
        }
    }
}
