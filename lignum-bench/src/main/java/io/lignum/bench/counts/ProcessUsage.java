package io.lignum.bench.counts;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToLongFunction;

/**
 * CPU time and context switches of a process in a window.
 *
 * @param threads the share of each thread, including those that ended in the window
 * @param endedThreads how many ended in the window
 */
record ProcessUsage(List<ThreadCounters> threads, int endedThreads) {

    /** The kernel's names of the JVM's threads that compile. */
    private static final String COMPILERS = "C[12] CompilerThre.*";

    ProcessUsage {
        threads = List.copyOf(threads);
    }

    long cpuNanos() {
        return sum(ThreadCounters::cpuNanos);
    }

    /** CPU time of the JVM's compilers, which decreases while the node warms up. */
    long compilerNanos() {
        return threads.stream()
                .filter(thread -> thread.name().matches(COMPILERS))
                .mapToLong(ThreadCounters::cpuNanos)
                .sum();
    }

    long voluntary() {
        return sum(ThreadCounters::voluntary);
    }

    long involuntary() {
        return sum(ThreadCounters::involuntary);
    }

    private long sum(ToLongFunction<ThreadCounters> figure) {
        return threads.stream().mapToLong(figure).sum();
    }

    /** CPU time by the name of the threads, where threads of a pool have the same name. */
    Map<String, Long> cpuNanosByName() {
        Map<String, Long> byName = new TreeMap<>();
        threads.forEach(thread -> byName.merge(thread.group(), thread.cpuNanos(), Long::sum));
        return byName;
    }
}
