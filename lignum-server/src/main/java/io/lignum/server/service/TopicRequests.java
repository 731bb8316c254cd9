package io.lignum.server.service;

import io.lignum.cluster.InternalTopics;
import io.lignum.storage.LogStore;
import io.lignum.storage.StorageException;
import io.lignum.storage.TopicConfig;
import io.lignum.storage.TopicLog;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/**
 * Serves calls about topics: lists, describes, creates, changes, trims and deletes them. Internal
 * topics do not exist for its callers. Any thread.
 */
final class TopicRequests {

    private final NodeState state;
    private final ServiceListener listener;

    TopicRequests(NodeState state, ServiceListener listener) {
        this.state = state;
        this.listener = listener;
    }

    TopicLog existing(String name) {
        LogStore store = state.store();
        TopicNames.check(name);
        return store.findTopic(name)
                .orElseThrow(() -> ServiceException.refusedField(
                        ErrorCode.UNKNOWN_TOPIC, "topic", "there is no topic " + name));
    }

    /**
     * Returns the error for a failed read from an offset. A problem of this node's copy may be
     * temporary.
     */
    RuntimeException readError(String name, long from, StorageException failure) {
        Optional<ClusterOverview> known = state.knownMembership();
        return known.isPresent() ? known.get().readError(name, from, failure) : failure;
    }

    boolean isThere(String name) {
        return !InternalTopics.isInternal(name) && state.store().findTopic(name).isPresent();
    }

    CompletableFuture<TopicInfo> create(String name, TopicPatch settings) {
        LogStore store = state.store();
        TopicNames.check(name);
        TopicConfig config = settings.applyTo(store.config().defaults());
        return state.writes().createTopic(name, config).thenApply(this::info);
    }

    CompletableFuture<TopicInfo> alter(String name, TopicPatch settings) {
        TopicConfig changed = settings.applyTo(existing(name).config());
        return state.writes().alterTopic(name, changed).thenApply(this::info);
    }

    CompletableFuture<Void> delete(String name) {
        existing(name);
        return state.writes().deleteTopic(name).thenRun(() -> listener.topicDeleted(name));
    }

    CompletableFuture<TopicInfo> trim(String name, long newStart) {
        TopicLog log = existing(name);
        return CompletableFuture.completedFuture(log)
                .thenCompose(found -> state.writes().trimTopic(found, newStart))
                .thenApply(done -> info(log))
                .exceptionally(error -> {
                    throw outOfRange(ServiceException.of(error));
                });
    }

    /** The offset of a trim is the request's {@code before}; that of a read is its {@code from}. */
    private static ServiceException outOfRange(ServiceException error) {
        return error.code() == ErrorCode.OFFSET_OUT_OF_RANGE ? error.ofField("before") : error;
    }

    TopicInfo describe(String name) {
        return info(existing(name));
    }

    /** The maximum length of {@link #list}. */
    int count() {
        return state.store().topics().size();
    }

    /**
     * Describes the topic with this id; a topic that was deleted and created again has another id.
     */
    TopicInfo describe(String name, UUID id) {
        TopicInfo info = describe(name);
        if (!info.id().equals(id)) {
            throw ServiceException.refusedField(
                    ErrorCode.UNKNOWN_TOPIC, "topic", "topic " + name + " was deleted");
        }
        return info;
    }

    List<TopicInfo> list() {
        ClusterOverview membership = state.membership();
        return state.store().topics().stream()
                .filter(log -> !InternalTopics.isInternal(log))
                .map(log -> TopicInfo.of(log, membership))
                .toList();
    }

    private TopicInfo info(TopicLog log) {
        return TopicInfo.of(log, state.knownMembership().orElseThrow(IllegalStateException::new));
    }
}
