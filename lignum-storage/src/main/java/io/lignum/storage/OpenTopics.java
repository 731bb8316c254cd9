package io.lignum.storage;

import org.jspecify.annotations.Nullable;

import java.util.Collection;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ConcurrentSkipListSet;

/**
 * Holds the open topics of a store, by name and by id. Any thread reads it; one thread at a time
 * changes it.
 */
final class OpenTopics {

    private final ConcurrentSkipListMap<String, TopicLog> byName = new ConcurrentSkipListMap<>();
    private final ConcurrentSkipListMap<UUID, TopicLog> byId = new ConcurrentSkipListMap<>();

    private final Set<String> leaving = new ConcurrentSkipListSet<>();

    /** Adds a log; returns the one that has its name already, or null. */
    @Nullable
    TopicLog add(TopicLog log) {
        TopicLog namesake = byName.putIfAbsent(log.name(), log);
        if (namesake == null) {
            byId.put(log.id(), log);
        }
        return namesake;
    }

    void remove(TopicLog log) {
        byName.remove(log.name(), log);
        byId.remove(log.id(), log);
    }

    /** Replaces a log by another with the same name and id; one of them is found at any time. */
    void replace(TopicLog old, TopicLog log) {
        byName.replace(log.name(), old, log);
        byId.replace(log.id(), old, log);
    }

    /** Removes a log whose name stays taken until {@link #removed}. */
    void leaves(TopicLog log) {
        leaving.add(log.name());
        remove(log);
    }

    /** Undoes {@link #leaves}. */
    void stays(TopicLog log) {
        add(log);
        leaving.remove(log.name());
    }

    /** Frees the name of a log that is removed durably. */
    void removed(TopicLog log) {
        leaving.remove(log.name());
    }

    boolean isTaken(String name) {
        return byName.containsKey(name) || leaving.contains(name);
    }

    @Nullable
    TopicLog find(String name) {
        return byName.get(name);
    }

    @Nullable
    TopicLog find(UUID id) {
        return byId.get(id);
    }

    /**
     * The log with that name.
     *
     * @throws StorageException.UnknownTopic no topic has that name
     */
    TopicLog get(String name) {
        TopicLog log = byName.get(name);
        if (log == null) {
            throw new StorageException.UnknownTopic(name);
        }
        return log;
    }

    /** All logs, ordered by name; a live view. */
    Collection<TopicLog> all() {
        return byName.values();
    }

    int size() {
        return byName.size();
    }
}
