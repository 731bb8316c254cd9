package io.lignum.bench.counts;

import java.io.IOException;
import java.util.Optional;

/**
 * What the kernel has counted for one thread, either since its start or in a window.
 *
 * @param name the kernel's name of the thread: at most 15 bytes of its name in the JVM
 * @param cpuNanos CPU time
 * @param voluntary context switches because the thread waited
 * @param involuntary context switches because the kernel gave its core to another thread
 */
record ThreadCounters(String name, long cpuNanos, long voluntary, long involuntary) {

    private static final String NAME = "Name:";
    private static final String VOLUNTARY = "voluntary_ctxt_switches:";
    private static final String INVOLUNTARY = "nonvoluntary_ctxt_switches:";

    /**
     * Parses two files of {@code /proc/PID/task/TID}.
     *
     * @param status the text of {@code status}
     * @param schedstat the text of {@code schedstat}, whose first number is the CPU time in ns
     */
    static ThreadCounters parse(String status, String schedstat) throws IOException {
        String cpu = schedstat.strip().split(" ", -1)[0];
        if (!cpu.matches("[0-9]+")) {
            throw new IOException("not a schedstat: " + schedstat);
        }
        return new ThreadCounters(
                field(status, NAME),
                Long.parseLong(cpu),
                Long.parseLong(field(status, VOLUNTARY)),
                Long.parseLong(field(status, INVOLUNTARY)));
    }

    private static String field(String status, String key) throws IOException {
        Optional<String> line =
                status.lines().filter(each -> each.startsWith(key)).findFirst();
        return line.orElseThrow(() -> new IOException("no " + key + " in the status of a thread"))
                .substring(key.length())
                .strip();
    }

    /** The difference to an earlier state of the same thread. */
    ThreadCounters since(ThreadCounters earlier) {
        return new ThreadCounters(
                name,
                cpuNanos - earlier.cpuNanos,
                voluntary - earlier.voluntary,
                involuntary - earlier.involuntary);
    }

    /** Whether this can be a later state of the same thread: counters never decrease. */
    boolean isAfter(ThreadCounters earlier) {
        return cpuNanos >= earlier.cpuNanos
                && voluntary >= earlier.voluntary
                && involuntary >= earlier.involuntary;
    }

    /** The name without a number at its end, by which the threads of a pool differ. */
    String group() {
        return name.replaceFirst("[-#_ ]*[0-9]+$", "");
    }
}
