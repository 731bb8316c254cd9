package io.lignum.storage;

import org.jspecify.annotations.Nullable;

import java.util.Collection;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ConcurrentSkipListSet;

/** The open topics of a store, by name and by id. Read by any thread; changed one at a time. */
final class Topics {

    private final ConcurrentSkipListMap<String, TopicLog> byName = new ConcurrentSkipListMap<>();
    private final ConcurrentSkipListMap<UUID, TopicLog> byId = new ConcurrentSkipListMap<>();

    private final Set<String> leaving = new ConcurrentSkipListSet<>();

    /** Null when it was added, else the one that has its name. */
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

    /** The new log has the name and the id of the old one, one of which is found at any time. */
    void replace(TopicLog old, TopicLog log) {
        byName.replace(log.name(), old, log);
        byId.replace(log.id(), old, log);
    }

    /** It is removed, and its name stays taken until {@link #gone}. */
    void leaves(TopicLog log) {
        leaving.add(log.name());
        remove(log);
    }

    /** Takes back {@link #leaves}. */
    void stays(TopicLog log) {
        add(log);
        leaving.remove(log.name());
    }

    /** Nothing of it is left that another start could find. */
    void gone(TopicLog log) {
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

    /** @throws StorageException.UnknownTopic no topic has that name */
    TopicLog get(String name) {
        TopicLog log = byName.get(name);
        if (log == null) {
            throw new StorageException.UnknownTopic(name);
        }
        return log;
    }

    /** Ordered by name; a view. */
    Collection<TopicLog> all() {
        return byName.values();
    }

    int size() {
        return byName.size();
    }
}
