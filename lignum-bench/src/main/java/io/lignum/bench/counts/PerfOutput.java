package io.lignum.bench.counts;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;

/**
 * Parses what {@code perf stat --field-separator=,} writes, one line for each event: the count, the
 * unit (empty), the event, and the time for which it was counted.
 *
 * <pre>
 * # started on Mon Nov 30 12:30:38 2026
 *
 * 1035,,raw_syscalls:sys_enter,25362036,100.00,,
 * 111,,syscalls:sys_enter_futex,25362036,100.00,,
 * </pre>
 */
final class PerfOutput {

    /** The event of every system call. */
    static final String ALL_CALLS = "raw_syscalls:sys_enter";

    /** The event of one system call is this and its name. */
    static final String CALL = "syscalls:sys_enter_";

    private static final int COUNT = 0;
    private static final int EVENT = 2;
    private static final String NOT_COUNTED = "<";

    private PerfOutput() {}

    static SystemCallCounts parse(String text) throws IOException {
        Map<String, Long> byName = new HashMap<>();
        OptionalLong total = OptionalLong.empty();
        for (String line : text.lines().toList()) {
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            String[] fields = line.split(",", -1);
            if (fields.length <= EVENT || fields[COUNT].startsWith(NOT_COUNTED)) {
                throw new IOException("perf did not count: " + line);
            }
            long count = Long.parseLong(fields[COUNT]);
            if (fields[EVENT].equals(ALL_CALLS)) {
                total = OptionalLong.of(count);
            } else if (fields[EVENT].startsWith(CALL)) {
                byName.put(fields[EVENT].substring(CALL.length()), count);
            }
        }
        return new SystemCallCounts(
                byName,
                total.orElseThrow(() ->
                        new IOException("perf wrote no count of " + ALL_CALLS + ": " + text)));
    }
}
