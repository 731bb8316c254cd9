package io.lignum.cluster.coordinator;

import java.util.List;

/** What a watch found: the entries below its prefix, sorted by key, and the index to go on from. */
public record Watched(long index, List<Entry> entries) {

    public Watched {
        entries = List.copyOf(entries);
    }
}
