package io.lignum.cluster;

import java.time.Duration;

/**
 * The one thread that owns a node's cluster state, or in a simulation a part of the one thread
 * there is. Calls of clients, timers, watches and answers all come in as tasks here.
 */
public interface Loop {

    /** Runs the task later, behind all that was handed in before. Any thread. */
    void execute(Runnable task);

    /** Runs the task once {@code delay} is over. Any thread. */
    void schedule(Duration delay, Runnable task);

    /** Finishes the task that runs, and runs no more. */
    void stop();
}
