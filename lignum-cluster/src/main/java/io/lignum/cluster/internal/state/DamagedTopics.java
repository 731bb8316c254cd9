package io.lignum.cluster.internal.state;

import io.lignum.storage.LogStore;
import io.lignum.storage.StorageException;
import io.lignum.storage.TopicLog;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * Which of this node's logs are damaged (R37): such as opening found so, and such as turned out so
 * while they were read. They are not led, and a node that has one does not stand for election while
 * another replica may have it whole.
 *
 * <p>Any thread.
 */
public final class DamagedTopics {

    private record Damage(TopicLog log, StorageException cause) {}

    private final LogStore store;
    private final Map<UUID, Damage> found = new ConcurrentHashMap<>();

    public DamagedTopics(LogStore store) {
        this.store = store;
    }

    /** Reading the log met damage. */
    public void add(TopicLog log, StorageException cause) {
        found.put(log.id(), new Damage(log, cause));
    }

    /** Null for a log that is whole, as far as is known. */
    @Nullable
    public StorageException damageOf(TopicLog log) {
        Damage damage = found.get(log.id());
        return damage != null && damage.log() == log ? damage.cause() : log.damage();
    }

    public List<TopicLog> damaged() {
        return store.topics().stream().filter(log -> damageOf(log) != null).toList();
    }

    public List<TopicLog> whole() {
        return store.topics().stream().filter(log -> damageOf(log) == null).toList();
    }

    /**
     * Puts empty logs in the place of damaged ones, which are kept for a human to look at. This
     * node's incarnation is new by now, durably: none of them is guaranteed any more.
     *
     * @param made told about each new one, on the engine's threads
     */
    public CompletableFuture<Void> renew(List<TopicLog> logs, Consumer<TopicLog> made) {
        CompletableFuture<Void> all = CompletableFuture.completedFuture(null);
        for (TopicLog log : logs) {
            all = all.thenCompose(before -> renew(log, made));
        }
        return all;
    }

    /** One that was deleted meanwhile is nothing to fetch. */
    private CompletableFuture<Void> renew(TopicLog log, Consumer<TopicLog> made) {
        if (!store.findTopic(log.id()).equals(Optional.of(log))) {
            found.remove(log.id());
            return CompletableFuture.completedFuture(null);
        }
        return store.renewTopicAsync(log).thenAccept(fresh -> {
            ReplicationMode.apply(fresh, 0);
            fresh.follow();
            found.remove(fresh.id());
            made.accept(fresh);
        });
    }
}
