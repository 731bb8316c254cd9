package io.lignum.bench.work;

import com.sun.management.OperatingSystemMXBean;

import java.lang.management.ManagementFactory;

/**
 * Wall and CPU time since its creation. The CPU time is that of the whole JVM, including collector
 * and compiler; on a busy machine it is more meaningful than wall time.
 */
public final class Meter {

    private static final OperatingSystemMXBean SYSTEM =
            ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

    private final long cpuNanos = SYSTEM.getProcessCpuTime();
    private final long start = System.nanoTime();

    public Sample rate(long operations) {
        long nanos = System.nanoTime() - start;
        double cpu = SYSTEM.getProcessCpuTime() - cpuNanos;
        return Sample.of(operations * 1e9 / nanos).with("CPU ns each", cpu / operations);
    }

    public Sample seconds() {
        long nanos = System.nanoTime() - start;
        double cpu = SYSTEM.getProcessCpuTime() - cpuNanos;
        return Sample.of(nanos / 1e9).with("CPU s", cpu / 1e9);
    }
}
