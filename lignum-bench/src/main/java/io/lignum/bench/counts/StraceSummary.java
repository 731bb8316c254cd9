package io.lignum.bench.counts;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Parses the summary of {@code strace -c}:
 *
 * <pre>
 * % time     seconds  usecs/call     calls    errors syscall
 * ------ ----------- ----------- --------- --------- ----------------
 *  79.45    0.258253         175      1470           clock_nanosleep
 *  17.88    0.058120          61       940       140 futex
 * ------ ----------- ----------- --------- --------- ----------------
 * 100.00    0.325056         111      2928       140 total
 * </pre>
 */
final class StraceSummary {

    private static final int CALLS = 3;
    private static final int COLUMNS_WITHOUT_ERRORS = 5;
    private static final String TOTAL = "total";

    private StraceSummary() {}

    /** Returns no calls for an empty text: strace writes nothing if no call was made. */
    static SystemCallCounts parse(String text) throws IOException {
        Map<String, Long> byName = new HashMap<>();
        for (String line : text.lines().toList()) {
            List<String> columns = List.of(line.strip().split("\\s+"));
            if (columns.size() < COLUMNS_WITHOUT_ERRORS || !isFigures(columns)) {
                continue; // The head, a rule, or an empty line.
            }
            byName.merge(
                    columns.get(columns.size() - 1), Long.parseLong(columns.get(CALLS)), Long::sum);
        }
        if (byName.isEmpty() && !text.isBlank()) {
            throw new IOException("not a summary of strace: " + text);
        }
        byName.remove(TOTAL); // Older versions have no column usecs/call there.
        long total = byName.values().stream().mapToLong(Long::longValue).sum();
        return new SystemCallCounts(byName, total);
    }

    private static boolean isFigures(List<String> columns) {
        return columns.get(0).matches("[0-9.]+") && columns.get(CALLS).matches("[0-9]+");
    }
}
