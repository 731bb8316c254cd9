package io.lignum.cluster.internal.topics;

import io.lignum.cluster.internal.state.NodeContext;
import io.lignum.storage.StorageException;
import io.lignum.storage.TopicLog;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;

/**
 * Creates, alters, deletes and trims this node's topics for the {@link TopicCatalog}, and reports
 * each change to the catalog's listener. A change that is in force already has no effect.
 *
 * <p>{@link #apply} runs on the pool for blocking work, one call at a time; it throws what the
 * engine throws, and can then be called again. Deletions go on after it has returned.
 */
final class TopicChanges {

    private static final Logger LOG = LoggerFactory.getLogger(TopicChanges.class);

    private static final Duration RETRY = Duration.ofSeconds(1);

    private final NodeContext context;
    private final TopicCatalog.Listener listener;
    private final Runnable deleted;
    private final Set<UUID> deleting = ConcurrentHashMap.newKeySet();

    /** @param deleted runs on the node loop after each deletion: its name is no longer taken */
    TopicChanges(NodeContext context, TopicCatalog.Listener listener, Runnable deleted) {
        this.context = context;
        this.listener = listener;
        this.deleted = deleted;
    }

    /** Whether a deletion has not finished yet. Any thread. */
    boolean isDeleting() {
        return !deleting.isEmpty();
    }

    /**
     * Makes a topic what the metadata log says.
     *
     * @param wanted null: there is no such topic
     */
    void apply(UUID id, CatalogState.@Nullable Topic wanted) {
        Optional<TopicLog> existing = context.store().findTopic(id);
        if (wanted == null) {
            existing.ifPresent(this::delete);
            return;
        }
        TopicLog topic = existing.orElseGet(() -> create(wanted));
        if (!topic.config().equals(wanted.config())) {
            context.store().alterTopic(topic.name(), wanted.config());
            context.onLoop(() -> listener.topicAltered(topic));
        }
        if (wanted.trims().highest() > topic.logStartOffset()) {
            context.onLoop(() -> listener.topicTrimmed(topic));
        }
    }

    private TopicLog create(CatalogState.Topic wanted) {
        TopicLog created = context.store().createTopic(wanted.name(), wanted.config(), wanted.id());
        if (wanted.config().live()) {
            created.resetHighWatermark(OptionalLong.of(0)); // Nothing is committed yet.
        }
        context.onLoop(() -> listener.topicCreated(created));
        return created;
    }

    private void delete(TopicLog log) {
        context.onLoop(() -> listener.topicDeleted(log.id()));
        deleting.add(log.id());
        CompletableFuture<Void> deletion;
        try {
            deletion = context.store().deleteTopicEventually(log.name());
        } catch (StorageException e) {
            deleting.remove(log.id()); // Nothing was started.
            throw e;
        }
        context.whenDone(deletion, (done, failure) -> {
            if (failure != null) {
                LOG.warn("deleting topic {} failed: {}", log.name(), failure.toString());
            }
            deleting.remove(log.id());
            context.onLoop(deleted);
        });
    }

    /** As {@link TopicCatalog#trim}. The node loop only. */
    void trim(TopicLog topic, long newStart, BooleanSupplier over) {
        context.onLoop(topic.admin().trim(newStart), (done, failure) -> {
            if (failure instanceof StorageException.DiskFull
                    || failure instanceof StorageException.Overloaded) {
                context.later(RETRY, () -> {
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
