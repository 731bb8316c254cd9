package io.lignum.server.service;

import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/**
 * Lists, describes and changes topics for the node's clients. Every error is a {@link
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

    TopicService(TopicRequests topics, CallErrors errors) {
        this.topics = topics;
        this.errors = errors;
    }

    /**
     * Fails with TOPIC_EXISTS if there is a topic of this name, and with OVERLOADED while one is
     * being deleted.
     */
    public CompletableFuture<TopicInfo> create(String name, TopicPatch settings) {
        return errors.callAsync(() -> topics.create(name, settings));
    }

    /** Changes the settings that the patch names. */
    public CompletableFuture<TopicInfo> alter(String name, TopicPatch settings) {
        return errors.callAsync(() -> topics.alter(name, settings));
    }

    /** Deletes the topic and its messages. */
    public CompletableFuture<Void> delete(String name) {
        return errors.callAsync(() -> topics.delete(name));
    }

    /** Removes the messages below {@code newStart}, which is at most the end of the log. */
    public CompletableFuture<TopicInfo> trim(String name, long newStart) {
        return errors.callAsync(() -> topics.trim(name, newStart));
    }

    public TopicInfo describe(String name) {
        return errors.call(() -> topics.describe(name));
    }

    /** Fails with UNKNOWN_TOPIC unless the topic of this name still has this id. */
    public TopicInfo describe(String name, UUID id) {
        return errors.call(() -> topics.describe(name, id));
    }

    /** All topics, sorted by name. */
    public List<TopicInfo> list() {
        return errors.call(topics::list);
    }

    /** The same, and reserves the memory of the list before it is built. */
    public List<TopicInfo> list(MemoryLease lease) {
        return errors.call(() -> {
            lease.reserve((long) topics.count() * TOPIC_INFO_BYTES);
            return topics.list();
        });
    }
}
