package io.lignum.storage;

import io.lignum.record.IoErrors;
import io.lignum.storage.env.ShortageException;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Moves the directories of deleted topics to the trash, and frees their names once that is durable.
 * A move that a shortage of space or file handles prevents is tried again in each pass of the tick,
 * until the store is closed: the log is closed by then, and its name would stay taken otherwise. A
 * caller that does not want to wait for that gets an answer after {@link #ANSWER_NANOS}.
 *
 * <p>Any thread; {@link #retry} one at a time.
 */
final class TopicDeletions {

    private static final Logger LOG = LoggerFactory.getLogger(TopicDeletions.class);

    /** How long a shortage delays the answer to a caller, give or take a pass of the tick. */
    static final long ANSWER_NANOS = TimeUnit.SECONDS.toNanos(3);

    private record Deletion(TopicLog log, OptionalLong answerBy, CompletableFuture<Void> done) {

        boolean isAnswerDue(long now) {
            return answerBy.isPresent() && now - answerBy.getAsLong() >= 0;
        }
    }

    private final StoreShared store;
    private final DataDirectory directory;
    private final OpenTopics topics;
    private final Queue<Deletion> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean trashFilled = new AtomicBoolean();
    private volatile boolean closed;

    TopicDeletions(StoreShared store, DataDirectory directory, OpenTopics topics) {
        this.store = store;
        this.directory = directory;
        this.topics = topics;
    }

    /**
     * Checks that a deletion can begin.
     *
     * @throws ShortageException no file handle is free; nothing was done
     */
    void check() throws IOException {
        directory.checkTrash();
    }

    /**
     * Closes the log and removes it; completes when the removal is durable. If a shortage delays
     * that for long, fails with outcome UNKNOWN, and the removal goes on.
     */
    CompletableFuture<Void> delete(TopicLog log) {
        return delete(log, OptionalLong.of(store.clock().monotonicNanos() + ANSWER_NANOS));
    }

    /** Closes the log and removes it; completes when the removal is durable, however long. */
    CompletableFuture<Void> deleteEventually(TopicLog log) {
        return delete(log, OptionalLong.empty());
    }

    private CompletableFuture<Void> delete(TopicLog log, OptionalLong answerBy) {
        Deletion deletion = new Deletion(log, answerBy, new CompletableFuture<>());
        return log.admin()
                .delete(new StorageException.TopicDeleted(log.name()), () -> remove(deletion))
                .thenCompose(removed -> deletion.done());
    }

    private void remove(Deletion deletion) throws IOException {
        try {
            move(deletion);
        } catch (ShortageException e) {
            store.space().found(e);
            LOG.warn(
                    "Topic {} is removed from the disk later: {}",
                    deletion.log().name(),
                    IoErrors.describe(e));
            waiting.add(deletion);
            if (closed) {
                close();
            }
        }
    }

    private void move(Deletion deletion) throws IOException {
        directory.moveToTrash(deletion.log().state().directory());
        topics.removed(deletion.log());
        trashFilled.set(true);
        deletion.done().complete(null);
    }

    /** Whether the trash got something since the last call. */
    boolean hasFilledTrash() {
        return trashFilled.getAndSet(false);
    }

    /** Tries moves again that a shortage prevented. A failure of another kind ends the store. */
    void retry() {
        for (int left = waiting.size(); left > 0; left--) {
            Deletion deletion = waiting.poll();
            if (deletion != null) {
                retry(deletion);
            }
        }
    }

    private void retry(Deletion deletion) {
        String what = "deleting topic " + deletion.log().name();
        try {
            move(deletion);
        } catch (ShortageException e) {
            LOG.debug("{} still waits: {}", what, IoErrors.describe(e));
            waiting.add(deletion);
            if (deletion.isAnswerDue(store.clock().monotonicNanos())
                    && !deletion.done().isDone()) {
                String later = "topic " + deletion.log().name() + " is removed from the disk later";
                deletion.done().completeExceptionally(StoreFailure.of(later, e).unknown());
            }
        } catch (IOException e) {
            store.failure().fail(what, e);
            deletion.done()
                    .completeExceptionally(store.failure().describe(what, e, Outcome.UNKNOWN));
        }
    }

    /** Fails the pending deletions; the topics exist again when the store is opened. */
    void close() {
        closed = true;
        for (Deletion left = waiting.poll(); left != null; left = waiting.poll()) {
            left.done().completeExceptionally(new StorageException.Closed("the store"));
        }
    }
}
