package io.lignum.server.service;

import io.lignum.server.config.Limits;
import io.lignum.storage.LogStore;
import io.lignum.storage.StorageException;
import io.lignum.storage.TopicConfig;
import io.lignum.storage.TopicLog;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Finds, makes and changes topics. Any thread. */
final class Topics {

    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9._-]{1,249}");

    private final NodeState state;
    private final Limits limits;
    private final ServiceListener listener;

    Topics(NodeState state, Limits limits, ServiceListener listener) {
        this.state = state;
        this.limits = limits;
        this.listener = listener;
    }

    TopicLog existing(String name) {
        LogStore store = state.store();
        checkName(name);
        return store.findTopic(name)
                .orElseThrow(() -> ServiceException.refusedField(
                        ErrorCode.UNKNOWN_TOPIC, "topic", "there is no topic " + name));
    }

    /** A topic is created on its first message. */
    TopicLog openOrCreate(String name) {
        LogStore store = state.store();
        Optional<TopicLog> found = store.findTopic(name);
        if (found.isPresent()) {
            return found.get();
        }
        checkName(name);
        try {
            return create(store, name, store.config().defaults());
        } catch (StorageException.TopicExists e) {
            return store.topic(name);
        }
    }

    TopicInfo create(String name, TopicPatch settings) {
        LogStore store = state.store();
        checkName(name);
        return TopicInfo.of(create(store, name, settings.applyTo(store.config().defaults())));
    }

    private TopicLog create(LogStore store, String name, TopicConfig config) {
        try {
            TopicLog created = store.createTopic(name, config);
            listener.topicCreated(name);
            return created;
        } catch (StorageException.TooManyTopics e) {
            throw ServiceException.overLimit(
                    ErrorCode.TOO_MANY_TOPICS,
                    "limits.max-topics",
                    limits.maxTopics(),
                    "topic " + name + " cannot be created, there are too many");
        }
    }

    TopicInfo alter(String name, TopicPatch settings) {
        TopicConfig changed = settings.applyTo(existing(name).config());
        return TopicInfo.of(state.store().alterTopic(name, changed));
    }

    void delete(String name) {
        existing(name);
        state.store().deleteTopic(name);
        listener.topicDeleted(name);
    }

    List<TopicInfo> list() {
        return state.store().topics().stream().map(TopicInfo::of).toList();
    }

    private static void checkName(String name) {
        if (name.isEmpty()) {
            throw ServiceException.invalid("topic", "no topic is named");
        }
        if (!NAME.matcher(name).matches() || name.equals(".") || name.equals("..")) {
            throw ServiceException.refusedField(
                    ErrorCode.INVALID_TOPIC,
                    "topic",
                    "a topic's name is 1 to 249 of a-z A-Z 0-9 . _ - and neither \".\" nor \"..\"");
        }
    }
}
