package io.lignum.cluster.coordinator;

import java.util.List;

/**
 * The result of a watch: the entries below its prefix, sorted by key, and the index to continue
 * with.
 */
public record Watched(long index, List<Entry> entries) {

    public Watched {
        entries = List.copyOf(entries);
    }
}
