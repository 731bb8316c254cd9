package io.lignum.cluster.internal.topics;

import io.lignum.cluster.internal.state.TrimPoints;
import io.lignum.storage.TopicConfig;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * Which topics there are after the metadata records so far, the same on every node whatever
 * portions it takes them in. Pure.
 */
final class CatalogState {

    /**
     * A topic that there is.
     *
     * @param trims what of it is trimmed
     */
    record Topic(UUID id, String name, TopicConfig config, TrimPoints trims) {}

    private final Map<UUID, Topic> topics = new LinkedHashMap<>();
    private final Map<String, UUID> names = new HashMap<>();
    private final LinkedHashSet<UUID> changed = new LinkedHashSet<>();

    /** @param epoch of the leader that made it */
    void apply(MetadataRecord record, int epoch) {
        Topic topic = topics.get(record.topic());
        if (record instanceof MetadataRecord.Create create) {
            // The first of two that were created by two leaders has the name.
            if (topic == null && names.putIfAbsent(create.name(), create.topic()) == null) {
                put(new Topic(create.topic(), create.name(), create.config(), TrimPoints.NONE));
            }
        } else if (topic == null) {
            return; // Gone, or never come to be.
        } else if (record instanceof MetadataRecord.Alter alter) {
            put(new Topic(topic.id(), topic.name(), alter.config(), topic.trims()));
        } else if (record instanceof MetadataRecord.Trim trim) {
            put(new Topic(
                    topic.id(),
                    topic.name(),
                    topic.config(),
                    topic.trims().and(epoch, trim.newStart())));
        } else if (record instanceof MetadataRecord.Delete) {
            topics.remove(topic.id());
            names.remove(topic.name());
            changed.add(topic.id());
        }
    }

    private void put(Topic topic) {
        topics.put(topic.id(), topic);
        changed.add(topic.id());
    }

    @Nullable
    Topic find(UUID id) {
        return topics.get(id);
    }

    /** Whether there is anything to take. */
    boolean hasChanged() {
        return !changed.isEmpty();
    }

    /**
     * Topics that changed or went since the last call. Those that went come first: their names may
     * be taken again.
     */
    List<UUID> takeChanged() {
        List<UUID> gone = new ArrayList<>();
        List<UUID> there = new ArrayList<>();
        changed.forEach(id -> (topics.containsKey(id) ? there : gone).add(id));
        changed.clear();
        gone.addAll(there);
        return gone;
    }

    /** These could not be carried out yet. */
    void giveBack(List<UUID> undone) {
        changed.addAll(undone);
    }
}
