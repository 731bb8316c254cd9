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
 * The topics that exist after the metadata records so far. The result is the same on every node,
 * however the records are divided into calls. Pure.
 */
final class CatalogState {

    /**
     * An existing topic.
     *
     * @param trims its trims
     */
    record Topic(UUID id, String name, TopicConfig config, TrimPoints trims) {}

    private final Map<UUID, Topic> topics = new LinkedHashMap<>();
    private final Map<String, UUID> names = new HashMap<>();
    private final LinkedHashSet<UUID> changed = new LinkedHashSet<>();

    /** @param epoch of the leader that wrote the record */
    void apply(MetadataRecord record, int epoch) {
        Topic topic = topics.get(record.topic());
        if (record instanceof MetadataRecord.Create create) {
            // If two leaders created topics of the same name, the first one has the name.
            if (topic == null && names.putIfAbsent(create.name(), create.topic()) == null) {
                put(new Topic(create.topic(), create.name(), create.config(), TrimPoints.NONE));
            }
        } else if (topic == null) {
            return; // It was deleted, or its creation had no effect.
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

    /** Whether there are changes to take. */
    boolean hasChanged() {
        return !changed.isEmpty();
    }

    /**
     * Topics that were changed or deleted since the last call. Deleted ones come first, because
     * their names may be used again.
     */
    List<UUID> takeChanged() {
        List<UUID> deleted = new ArrayList<>();
        List<UUID> existing = new ArrayList<>();
        changed.forEach(id -> (topics.containsKey(id) ? existing : deleted).add(id));
        changed.clear();
        deleted.addAll(existing);
        return deleted;
    }

    /** These changes could not be applied yet. */
    void giveBack(List<UUID> undone) {
        changed.addAll(undone);
    }
}
