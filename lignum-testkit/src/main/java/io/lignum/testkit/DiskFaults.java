package io.lignum.testkit;

import java.time.Duration;

/** The faults of a node's disk. They outlast the node's runs. Any thread. */
final class DiskFaults {

    private volatile Duration forceDelay = Duration.ZERO;
    private volatile boolean full;
    private volatile boolean failing;

    void slow(Duration delay) {
        forceDelay = delay;
    }

    void fill() {
        full = true;
    }

    void fail() {
        failing = true;
    }

    void heal() {
        forceDelay = Duration.ZERO;
        full = false;
        failing = false;
    }

    Duration forceDelay() {
        return forceDelay;
    }

    boolean isFull() {
        return full;
    }

    boolean isFailing() {
        return failing;
    }
}
