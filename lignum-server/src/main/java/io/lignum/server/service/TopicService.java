package io.lignum.server.service;

import io.lignum.access.Action;
import io.lignum.access.Resource;

import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * Lists, describes and changes topics for one requester, as far as it may. Every error is a {@link
 * ServiceException}; a change returns it in the future and throws nothing.
 *
 * <p>Any thread. A change may touch files on the calling thread. Its future completes on a thread
 * that must not be blocked, when the change is committed and applied on this node.
 */
public final class TopicService {

    /** What one topic takes in a list, its name included, rounded up. */
    private static final int TOPIC_INFO_BYTES = 256;

    private final TopicRequests topics;
    private final CallErrors errors;
    private final Permissions permissions;

    TopicService(TopicRequests topics, CallErrors errors, Permissions permissions) {
        this.topics = topics;
        this.errors = errors;
        this.permissions = permissions;
    }

    /**
     * Fails with TOPIC_EXISTS if there is a topic of this name, and with OVERLOADED while one is
     * being deleted.
     */
    public CompletableFuture<TopicInfo> create(String name, TopicPatch settings) {
        return changed("create-topic", name, () -> {
            permissions.requireTopic(Action.CREATE, name);
            return topics.create(name, settings);
        });
    }

    /** Changes the settings that the patch names. */
    public CompletableFuture<TopicInfo> alter(String name, TopicPatch settings) {
        return changed("alter-topic", name, () -> {
            permissions.requireTopic(Action.ALTER, name);
            return topics.alter(name, settings);
        });
    }

    /** Deletes the topic and its messages. */
    public CompletableFuture<Void> delete(String name) {
        return changed("delete-topic", name, () -> {
            permissions.requireTopic(Action.DELETE, name);
            return topics.delete(name);
        });
    }

    /** Removes the messages below {@code newStart}, which is at most the end of the log. */
    public CompletableFuture<TopicInfo> trim(String name, long newStart) {
        return changed("trim-topic", name, () -> {
            permissions.requireTopic(Action.DELETE, name);
            return topics.trim(name, newStart);
        });
    }

    /** Makes a change, and writes it and its outcome to the audit log. */
    private <T> CompletableFuture<T> changed(
            String operation, String topic, Supplier<CompletableFuture<T>> change) {
        return permissions.audited(operation, "topic " + topic, errors.callAsync(change));
    }

    public TopicInfo describe(String name) {
        return errors.call(() -> {
            permissions.requireTopic(Action.DESCRIBE, name);
            return topics.describe(name);
        });
    }

    /** Fails with UNKNOWN_TOPIC unless the topic of this name still has this id. */
    public TopicInfo describe(String name, UUID id) {
        return errors.call(() -> {
            permissions.requireTopic(Action.DESCRIBE, name);
            return topics.describe(name, id);
        });
    }

    /** All topics that the requester may describe, sorted by name. */
    public List<TopicInfo> list() {
        return errors.call(() -> visible(topics.list()));
    }

    /** The same, and reserves the memory of the list before it is built. */
    public List<TopicInfo> list(MemoryLease lease) {
        return errors.call(() -> {
            lease.reserve((long) topics.count() * TOPIC_INFO_BYTES);
            return visible(topics.list());
        });
    }

    private List<TopicInfo> visible(List<TopicInfo> all) {
        return all.stream()
                .filter(topic -> permissions.sees(Resource.topic(topic.name())))
                .toList();
    }
}
