package io.lignum.server.service;

import io.lignum.cluster.InternalTopics;
import io.lignum.storage.LogStore;
import io.lignum.storage.StorageException;

/**
 * Refuses topic names that a client may not use, before a call touches the store or the cluster.
 * The rules are the engine's and the cluster's; this class only maps their errors. Any thread.
 */
final class TopicNames {

    private TopicNames() {}

    /** Throws ServiceException unless a client may create or use a topic of this name. */
    static void check(String name) {
        if (name.isEmpty()) {
            throw ServiceException.invalid("topic", "no topic is named");
        }
        try {
            LogStore.checkTopicName(name);
        } catch (StorageException.InvalidTopic e) {
            throw ServiceException.of(e);
        }
        refuseInternal(name);
    }

    static void refuseInternal(String name) {
        if (InternalTopics.isInternal(name)) {
            throw ServiceException.refusedField(
                    ErrorCode.INVALID_TOPIC, "topic", InternalTopics.refusal(name));
        }
    }

    static ServiceException tooMany(String name, int limit) {
        return ServiceException.overLimit(
                ErrorCode.TOO_MANY_TOPICS,
                "limits.max-topics",
                limit,
                "topic " + name + " cannot be created, there are too many");
    }
}
