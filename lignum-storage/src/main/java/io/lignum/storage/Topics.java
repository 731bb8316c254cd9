package io.lignum.storage;

import org.jspecify.annotations.Nullable;

import java.util.Collection;
import java.util.UUID;
import java.util.concurrent.ConcurrentSkipListMap;

/** The open topics of a store, by name and by id. Read by any thread; changed one at a time. */
final class Topics {

    private final ConcurrentSkipListMap<String, TopicLog> byName = new ConcurrentSkipListMap<>();
    private final ConcurrentSkipListMap<UUID, TopicLog> byId = new ConcurrentSkipListMap<>();

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

    @Nullable
    TopicLog find(String name) {
        return byName.get(name);
    }

    @Nullable
    TopicLog find(UUID id) {
        return byId.get(id);
    }

    /** Ordered by name; a view. */
    Collection<TopicLog> all() {
        return byName.values();
    }

    int size() {
        return byName.size();
    }
}
