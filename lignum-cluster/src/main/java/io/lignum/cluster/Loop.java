package io.lignum.cluster;

import java.time.Duration;

/**
 * The thread that owns a node's cluster state. In a simulation the loops of all nodes share one
 * thread. Calls of clients, timers, watches and answers are tasks of this loop.
 */
public interface Loop {

    /** Runs the task later, after all that were handed in before. Any thread. */
    void execute(Runnable task);

    /** Runs the task after {@code delay}. Any thread. */
    void schedule(Duration delay, Runnable task);

    /** Runs no further task after the current one. */
    void stop();
}
