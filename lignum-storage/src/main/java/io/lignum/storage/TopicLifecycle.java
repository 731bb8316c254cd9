package io.lignum.storage;

import io.lignum.storage.env.ShortageException;
import io.lignum.storage.internal.segment.UncertainChangeException;

import java.io.IOException;
import java.nio.file.Path;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * Creates, changes, deletes and replaces the topics of an open store, each change durably.
 *
 * <p>Called by {@link LogStore} on any thread; one change at a time. A shortage of space or file
 * handles refuses a change. After any other failure the change may be in force when the store is
 * opened again, and a force that failed is not repeated: the store ends.
 */
final class TopicLifecycle {

    private final StoreShared store;
    private final DataDirectory directory;
    private final TopicOpener opener;
    private final OpenTopics topics;
    private final TopicDeletions deletions;
    private final TopicRenewals renewals;
    private volatile boolean closed;

    TopicLifecycle(
            StoreShared store,
            DataDirectory directory,
            TopicOpener opener,
            OpenTopics topics,
            TopicDeletions deletions) {
        this.store = store;
        this.directory = directory;
        this.opener = opener;
        this.topics = topics;
        this.deletions = deletions;
        renewals = new TopicRenewals(store, directory, topics, this::createAgain);
    }

    /** The replacements of damaged topics. */
    TopicRenewals renewals() {
        return renewals;
    }

    /** Refuses all changes from now on; false if that was done before. */
    synchronized boolean close() {
        boolean first = !closed;
        closed = true;
        return first;
    }

    boolean isClosed() {
        return closed;
    }

    private void refuseIfClosed() {
        if (closed) {
            throw new StorageException.Closed("the store");
        }
    }

    /** A random id, version 4, from the environment's randomness. */
    UUID newId() {
        var random = store.random();
        long high = (random.nextLong() & ~0xf000L) | 0x4000L;
        long low = (random.nextLong() & ~(3L << 62)) | (1L << 63);
        return new UUID(high, low);
    }

    synchronized TopicLog create(String name, TopicConfig config, UUID id) {
        refuseIfClosed();
        TopicMeta.checkName(name);
        store.refuseAppends();
        if (topics.isTaken(name) || directory.holds(id)) {
            throw new StorageException.TopicExists(name);
        }
        if (topics.size() >= store.config().maxTopics()) {
            throw new StorageException.TooManyTopics(store.config().maxTopics());
        }
        try {
            TopicLog log = opener.create(new TopicMeta(id, name, config));
            topics.add(log);
            store.tell(listener -> listener.topicsChanged(topics.size()));
            return log;
        } catch (IOException e) {
            throw failed("creating topic " + name, e);
        }
    }

    synchronized TopicLog findOrCreate(String name, TopicConfig config) {
        TopicLog log = topics.find(name);
        return log != null ? log : create(name, config, newId());
    }

    synchronized TopicLog alter(String name, TopicConfig config) {
        refuseIfClosed();
        store.refuseIfFailed();
        TopicLog log = topics.get(name);
        TopicMeta changed = new TopicMeta(log.id(), log.name(), config);
        try {
            changed.write(store.disk(), log.state().directory());
            forceSettings(log.state().directory());
            log.configure(changed);
            return log;
        } catch (IOException e) {
            throw failed("changing topic " + log.name(), e);
        }
    }

    /** The new settings are in the file already, so a shortage leaves the outcome unknown. */
    private void forceSettings(Path topic) throws IOException {
        try {
            store.disk().forceDirectory(topic);
        } catch (ShortageException e) {
            throw new UncertainChangeException("the new settings were not forced", e);
        }
    }

    synchronized CompletableFuture<Void> delete(String name) {
        refuseIfClosed();
        TopicLog log = topics.get(name);
        if (!store.hasFailed()) {
            try {
                deletions.check();
            } catch (IOException e) {
                throw failed("deleting topic " + name, e);
            }
        }
        return delete(log, deletions::delete);
    }

    synchronized CompletableFuture<Void> deleteEventually(String name) {
        refuseIfClosed();
        return delete(topics.get(name), deletions::deleteEventually);
    }

    private CompletableFuture<Void> delete(
            TopicLog log, Function<TopicLog, CompletableFuture<Void>> deletion) {
        topics.leaves(log);
        CompletableFuture<Void> deleted;
        try {
            deleted = deletion.apply(log);
        } catch (StorageException e) {
            topics.stays(log); // The topic is being replaced; its deletion has not started.
            throw e;
        }
        store.tell(listener -> listener.topicsChanged(topics.size()));
        return deleted;
    }

    synchronized CompletableFuture<TopicLog> renew(TopicLog log) {
        refuseIfClosed();
        if (topics.find(log.id()) != log) {
            throw new StorageException.UnknownTopic(log.name());
        }
        return renewals.renew(log);
    }

    private synchronized TopicLog createAgain(TopicLog old) throws IOException {
        refuseIfClosed();
        TopicLog log = opener.create(new TopicMeta(old.id(), old.name(), old.config()));
        topics.replace(old, log);
        return log;
    }

    /** Ends the store, unless a shortage refused the change. */
    private StorageException failed(String what, Throwable cause) {
        if (cause instanceof ShortageException shortage) {
            return StoreFailure.of(what, shortage);
        }
        if (cause instanceof UncertainChangeException uncertain) {
            return StoreFailure.of(what, uncertain.shortage()).unknown();
        }
        store.failure().fail(what, cause);
        return store.failure().describe(what, cause, Outcome.UNKNOWN);
    }
}
