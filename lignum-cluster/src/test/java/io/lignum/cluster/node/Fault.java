package io.lignum.cluster.node;

import java.util.List;
import java.util.Random;

/** A fault or repair in a history, and its relative frequency. */
enum Fault {
    KILL(7),
    POWER_CUT(5),
    /** In the middle of an I/O. */
    POWER_CUT_AT_IO(4),
    /** Of all nodes at once. */
    POWER_CUT_ALL(1),
    DISK_LOST(6),
    RESTART(26),
    CUT(7),
    CUT_ONE_WAY(6),
    ISOLATE(4),
    RESET(4),
    NETWORK_HEALS(13),
    PAUSE(3),
    RESUME(9),
    COORDINATOR_CUT(3),
    COORDINATOR_HEALS(6),
    /** A node's watches show the state from before the last zombie leader. */
    COORDINATOR_LAGS(4),
    COORDINATOR_ELECTS(2),
    /** An operator overwrites the lock's key, which resets its LockIndex. */
    LOCK_OVERWRITTEN(2),
    SLOW_NETWORK(3),
    SLOW_DISK(9),
    DISK_FULL(2),
    /** A later write or force fails. */
    DISK_FAILS(2),
    /** A bit of a sealed segment flips. */
    BIT_FLIPPED(3),
    DISK_HEALS(6),
    NODE_ADDED(1),
    /** An operator removes a node that will not return. */
    NODE_REMOVED(1),
    /**
     * A leader does not hear from the coordinator; once another node leads, a third may be informed
     * that the first still does.
     */
    ZOMBIE(5),
    /** The leader pauses for longer than its session lasts. */
    ZOMBIE_ASLEEP(2),
    TRANSFER(3),
    /** The next reads of a disk fail, once. */
    READS_FAIL(4),
    /** For a while no file can be opened, since the process has too many open. */
    HANDLES_SHORT(4),
    /** The index files of a node's sealed segments are deleted. */
    INDEX_DELETED(3),
    /** Consul restarts without its data. */
    COORDINATOR_LOST(1),
    /** An operator runs recover at a random node. */
    RECOVER(1);

    /** The faults that are more frequent in a history: each mood finds other bugs. */
    enum Mood {
        EVEN,
        ZOMBIES(ZOMBIE, ZOMBIE_ASLEEP, COORDINATOR_LAGS, CUT_ONE_WAY),
        POWER(POWER_CUT, POWER_CUT_AT_IO, POWER_CUT_ALL, SLOW_DISK),
        NETWORK(CUT, CUT_ONE_WAY, ISOLATE, RESET, SLOW_NETWORK),
        DISKS(SLOW_DISK, DISK_FULL, DISK_FAILS, BIT_FLIPPED, POWER_CUT_AT_IO),
        OPERATORS(COORDINATOR_LOST, TRANSFER, ISOLATE, KILL, RECOVER),
        TRANSIENT(READS_FAIL, HANDLES_SHORT, INDEX_DELETED, DISK_LOST, TRANSFER),
        REPLACED(DISK_LOST, KILL, TRANSFER, LOCK_OVERWRITTEN, NODE_ADDED, NODE_REMOVED);

        private static final int TIMES = 4;

        @SuppressWarnings("ImmutableEnumChecker") // It is never changed.
        private final Fault[] more;

        Mood(Fault... more) {
            this.more = more;
        }

        static Mood any(Random random) {
            return values()[random.nextInt(values().length)];
        }

        private int weight(Fault fault) {
            for (Fault one : more) {
                if (one == fault) {
                    return TIMES * fault.weight;
                }
            }
            return fault.weight;
        }

        Fault draw(Random random) {
            int all = 0;
            for (Fault fault : Fault.values()) {
                all += weight(fault);
            }
            int left = random.nextInt(all);
            for (Fault fault : Fault.values()) {
                left -= weight(fault);
                if (left < 0) {
                    return fault;
                }
            }
            throw new IllegalStateException("the weights are less than their sum");
        }
    }

    private static final List<Fault> PASSING = List.of(
            READS_FAIL, READS_FAIL, HANDLES_SHORT, DISK_FULL, RESET, INDEX_DELETED, TRANSFER);

    private final int weight;

    /** A random fault after which everything recovers by itself. */
    static Fault passing(Random random) {
        return PASSING.get(random.nextInt(PASSING.size()));
    }

    Fault(int weight) {
        this.weight = weight;
    }
}
