package io.lignum.cluster.node;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The trims that clients requested for a topic, and the acknowledged records that they may have
 * removed: those below a trim that was requested later, or not completed, when they were
 * acknowledged.
 */
final class Trims {

    /** A requested trim. */
    static final class Trim {
        private final long newStart;

        private Trim(long newStart) {
            this.newStart = newStart;
        }
    }

    /** A record at its acknowledgement. */
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

    /**
     * The trim is completed, or will never be; one with an unknown outcome may take effect at any
     * time.
     */
    void end(Trim trim) {
        open.remove(trim);
    }

    /** @param again whether it is a repeat, whose record may have been trimmed long before */
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

    /** Records below this offset may be missing. */
    long below() {
        return all.stream().mapToLong(trim -> trim.newStart).max().orElse(0);
    }
}
