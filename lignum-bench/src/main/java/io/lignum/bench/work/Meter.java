package io.lignum.bench.work;

import com.sun.management.OperatingSystemMXBean;

import java.lang.management.ManagementFactory;

/**
 * Wall and CPU time from its making on. The CPU time is that of the whole JVM, collector and
 * compiler included; it tells more than the wall time where other programs take their share of the
 * machine.
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
