package io.lignum.cluster.node;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What clients wanted to be trimmed from a topic, and which acknowledged records that may have
 * taken: those below a trim that was asked for, or not done yet, when they were acknowledged. One
 * that was done before does not mean them.
 */
final class Trims {

    /** A trim that was asked for. */
    static final class Trim {
        private final long newStart;

        private Trim(long newStart) {
            this.newStart = newStart;
        }
    }

    /** A record when it was acknowledged. */
    private record Acknowledged(long offset, int trimsBefore, Set<Trim> open) {}

    private final List<Trim> all = new ArrayList<>();
    private final Set<Trim> open = new HashSet<>();
    private final Map<String, Acknowledged> acknowledged = new HashMap<>();

    Trim begin(long newStart) {
        Trim trim = new Trim(newStart);
        all.add(trim);
        open.add(trim);
        return trim;
    }

    /** It is done, or never will be; of what is not known, it may be at any time. */
    void end(Trim trim) {
        open.remove(trim);
    }

    /** @param again it is a repeat: the record may have been trimmed long before */
    void acknowledged(String text, long offset, boolean again) {
        int before = again ? 0 : all.size();
        acknowledged.put(text, new Acknowledged(offset, before, Set.copyOf(open)));
    }

    boolean mayHaveTaken(String text) {
        Acknowledged record = acknowledged.get(text);
        return record != null
                && (record.open.stream().anyMatch(trim -> trim.newStart > record.offset)
                        || all.subList(record.trimsBefore, all.size()).stream()
                                .anyMatch(trim -> trim.newStart > record.offset));
    }

    /** Whatever is below may be gone. */
    long below() {
        return all.stream().mapToLong(trim -> trim.newStart).max().orElse(0);
    }
}
