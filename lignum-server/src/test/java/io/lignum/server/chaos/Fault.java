package io.lignum.server.chaos;

import java.util.List;
import java.util.Random;
import java.util.Set;

/** What is done to a cluster, how often in a hundred-odd, and what that takes. */
enum Fault {
    KILLED(12, Means.SIGNALS),
    PAUSED(10, Means.SIGNALS),
    TERMINATED(8, Means.SIGNALS),
    LEAD_TRANSFERRED(6, Means.SIGNALS),
    TWO_KILLED(5, Means.SIGNALS),
    ALL_KILLED(3, Means.SIGNALS),
    ROLLING_RESTART(2, Means.SIGNALS),
    DISK_LOST(4, Means.SIGNALS),
    /** One of its servers, mostly the one that leads. */
    CONSUL_KILLED(6, Means.SIGNALS),
    /** All its servers, and started again. */
    CONSUL_TERMINATED(3, Means.SIGNALS),
    CUT_OFF(10, Means.NETWORK),
    /** What it sends is lost, what is sent to it arrives. */
    CUT_OFF_ONE_WAY(6, Means.NETWORK),
    CUT_OFF_FROM_CONSUL(6, Means.NETWORK),
    /** One of Consul's servers, mostly the one that leads. */
    CONSUL_CUT_OFF(4, Means.NETWORK),
    SLOW_LINK(5, Means.NETWORK),
    /** All of a node at once, several times. */
    CONNECTIONS_RESET(8, Means.RESETS),
    /** The wall clock of one node, by seconds up to a day, forwards or back, and right again. */
    CLOCK_JUMPS(8, Means.CLOCKS),
    /** What was not forced is lost. */
    POWER_LOST(8, Means.DISKS),
    POWER_LOST_EVERYWHERE(3, Means.DISKS),
    DISK_FULL(5, Means.DISKS),
    /** A node has none or few left to open, while it goes on with those it has. */
    FILE_HANDLES_SHORT(6, Means.FILE_HANDLES),
    FORCE_FAILS(5, Means.TRACING),
    FORCE_SLOW(5, Means.TRACING);

    enum Means {
        SIGNALS,
        /** Namespaces, which root makes. */
        NETWORK,
        /** Sockets that the kernel destroys when root asks for it. */
        RESETS,
        /** A library that tells processes another time. */
        CLOCKS,
        /** A file system for each node, which root mounts from a file. */
        DISKS,
        /** A command that changes the limits of a process that runs. */
        FILE_HANDLES,
        /** System calls that strace tampers with. */
        TRACING
    }

    /** Those that no process ends by, so that what one gathers can be looked at. */
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
