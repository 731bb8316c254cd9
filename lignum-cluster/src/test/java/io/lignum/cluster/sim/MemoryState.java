package io.lignum.cluster.sim;

import io.lignum.cluster.coordinator.Entry;
import io.lignum.cluster.coordinator.Watched;

import java.util.List;
import java.util.NavigableMap;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * All keys at one moment. Immutable: a change creates a new state, so that an old one can still be
 * shown.
 *
 * @param removed keys that were removed, with the index; watches must advance for them too
 * @param index of the last change
 */
record MemoryState(
        NavigableMap<String, Entry> entries, NavigableMap<String, Long> removed, long index) {

    /** The first index of a server; Consul's own entries use the lower ones. */
    static final long FIRST_INDEX = 10;

    static MemoryState empty() {
        return new MemoryState(new TreeMap<>(), new TreeMap<>(), FIRST_INDEX);
    }

    List<Entry> list(String prefix) {
        return List.copyOf(below(entries, prefix).values());
    }

    /**
     * The index of a prefix is that of its last change; a prefix that never had a key has the index
     * of the store.
     */
    Watched watched(String prefix) {
        List<Entry> found = list(prefix);
        long newest = found.stream().mapToLong(Entry::modifyIndex).max().orElse(0);
        for (long index : below(removed, prefix).values()) {
            newest = Math.max(newest, index);
        }
        return new Watched(newest == 0 ? index : newest, found);
    }

    private static <V> SortedMap<String, V> below(NavigableMap<String, V> map, String prefix) {
        return map.subMap(prefix, true, prefix + Character.MAX_VALUE, false);
    }
}
