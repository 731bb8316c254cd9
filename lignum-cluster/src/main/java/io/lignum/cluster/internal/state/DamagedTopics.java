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
 * The damaged topics of this node (R37): those found when a log was opened, and those that a reader
 * found later and {@link DamageCheck} confirmed. The node decides what to
 * do about them: a damaged topic takes no appends, and a node that has one does not stand for
 * election while another in-sync replica may have the topic intact. A follower replaces its damaged
 * logs by empty ones, which the leader fills again.
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

    /** Records confirmed damage. */
    public void add(TopicLog log, StorageException cause) {
        found.put(log.id(), new Damage(log, cause));
    }

    /** The damage of this log; null if none is known. */
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
     * Replaces damaged logs by empty ones. The damaged logs are kept for operators. The caller has
     * made a new incarnation durable before, so that none of these logs is guaranteed any more.
     *
     * @param made called with each new log, on the engine's threads
     */
    public CompletableFuture<Void> renew(List<TopicLog> logs, Consumer<TopicLog> made) {
        CompletableFuture<Void> all = CompletableFuture.completedFuture(null);
        for (TopicLog log : logs) {
            all = all.thenCompose(before -> renew(log, made));
        }
        return all;
    }

    /** A topic that was deleted meanwhile is skipped. */
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
