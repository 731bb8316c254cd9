package io.lignum.server.chaos;

import java.util.List;
import java.util.Random;
import java.util.Set;

/** A fault of a cluster, its relative frequency, and what it requires. */
enum Fault {
    KILLED(12, Means.SIGNALS),
    PAUSED(10, Means.SIGNALS),
    TERMINATED(8, Means.SIGNALS),
    LEAD_TRANSFERRED(6, Means.SIGNALS),
    TWO_KILLED(5, Means.SIGNALS),
    ALL_KILLED(3, Means.SIGNALS),
    ROLLING_RESTART(2, Means.SIGNALS),
    DISK_LOST(4, Means.SIGNALS),
    /** One of its servers, mostly the leader. */
    CONSUL_KILLED(6, Means.SIGNALS),
    /** All its servers, which are then restarted. */
    CONSUL_TERMINATED(3, Means.SIGNALS),
    CUT_OFF(10, Means.NETWORK),
    /** What it sends is lost, what it is sent arrives. */
    CUT_OFF_ONE_WAY(6, Means.NETWORK),
    CUT_OFF_FROM_CONSUL(6, Means.NETWORK),
    /** One of Consul's servers, mostly the leader. */
    CONSUL_CUT_OFF(4, Means.NETWORK),
    SLOW_LINK(5, Means.NETWORK),
    /** All of a node at once, several times. */
    CONNECTIONS_RESET(8, Means.RESETS),
    /** The wall clock of one node jumps by up to a day, forwards or back, and returns. */
    CLOCK_JUMPS(8, Means.CLOCKS),
    /** What was not forced is lost. */
    POWER_LOST(8, Means.DISKS),
    POWER_LOST_EVERYWHERE(3, Means.DISKS),
    DISK_FULL(5, Means.DISKS),
    /** A node can open few or no more files, but keeps those that are open. */
    FILE_HANDLES_SHORT(6, Means.FILE_HANDLES),
    FORCE_FAILS(5, Means.TRACING),
    FORCE_SLOW(5, Means.TRACING);

    enum Means {
        SIGNALS,
        /** Network namespaces, which need root. */
        NETWORK,
        /** Sockets destroyed by the kernel, which needs root. */
        RESETS,
        /** A library that gives processes another time. */
        CLOCKS,
        /** A file system per node, mounted from a file, which needs root. */
        DISKS,
        /** A command that changes the limits of a running process. */
        FILE_HANDLES,
        /** System calls changed by strace. */
        TRACING
    }

    /** The faults that end no process, so that its growth can be measured. */
    static final Set<Fault> SURVIVED = Set.of(
            PAUSED,
            LEAD_TRANSFERRED,
            CONSUL_KILLED,
            CONSUL_TERMINATED,
            CUT_OFF,
            CUT_OFF_ONE_WAY,
            CUT_OFF_FROM_CONSUL,
            CONSUL_CUT_OFF,
            SLOW_LINK,
            CONNECTIONS_RESET,
            CLOCK_JUMPS,
            DISK_FULL,
            FILE_HANDLES_SHORT,
            FORCE_SLOW);

    private final int weight;
    private final Means means;

    Fault(int weight, Means means) {
        this.weight = weight;
        this.means = means;
    }

    Means means() {
        return means;
    }

    static Fault draw(Random random, Set<Fault> wanted, Set<Means> there) {
        List<Fault> possible = List.of(values()).stream()
                .filter(fault -> wanted.contains(fault) && there.contains(fault.means))
                .toList();
        int left =
                random.nextInt(possible.stream().mapToInt(fault -> fault.weight).sum());
        for (Fault fault : possible) {
            left -= fault.weight;
            if (left < 0) {
                return fault;
            }
        }
        throw new IllegalStateException("the weights are less than their sum");
    }
}
