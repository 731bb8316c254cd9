package io.lignum.bench.counts;

import java.util.Map;

/**
 * The system calls of a process in one window.
 *
 * @param byName the number of calls by the kernel's name of the call; may lack rare calls
 * @param total the number of all calls, at least the sum of {@code byName}
 */
record SystemCallCounts(Map<String, Long> byName, long total) {

    SystemCallCounts {
        byName = Map.copyOf(byName);
    }

    long of(SystemCallKind kind) {
        return kind.names().stream()
                .mapToLong(name -> byName.getOrDefault(name, 0L))
                .sum();
    }

    /** The calls that belong to no kind. */
    long other() {
        long known = 0;
        for (SystemCallKind kind : SystemCallKind.values()) {
            known += of(kind);
        }
        return total - known;
    }
}
