package io.lignum.testkit;

import java.io.IOException;
import java.time.Duration;

/**
 * One run of a node, from its start to its end, as its loop and its disk see it. Nothing passes
 * while the node is paused, and nothing passes after the end. So a thread that a killed node leaves
 * behind cannot change files that the next run has opened. Any thread; waits keep the thread's
 * interrupt flag.
 */
final class NodeRun {

    private enum Phase {
        RUNNING,
        PAUSED,
        /** The loop is stopped and the disk works, while connections of clients are closed. */
        ENDING,
        OVER
    }

    /* Guarded by this object's monitor. */
    private Phase phase = Phase.RUNNING;
    private int inside;

    /** Waits while the node is paused. Returns false if the run is ending or over. */
    synchronized boolean pass() {
        awaitResume();
        return phase == Phase.RUNNING;
    }

    /**
     * Begins an operation on the disk, which ends with {@link #leave}. Waits while the node is
     * paused.
     */
    synchronized void enter() throws IOException {
        awaitResume();
        if (phase == Phase.OVER) {
            throw new IOException("the node was killed");
        }
        inside++;
    }

    synchronized void leave() {
        inside--;
        notifyAll();
    }

    private void awaitResume() {
        boolean interrupted = false;
        while (phase == Phase.PAUSED) {
            interrupted |= interruptedInWait(0);
        }
        restore(interrupted);
    }

    /** Waits about this long, or until the run ends. */
    synchronized void sleep(Duration span) {
        boolean interrupted = Thread.interrupted(); // Otherwise the wait would end at once.
        if (isActive()) {
            interrupted |= interruptedInWait(Math.max(1, span.toMillis()));
        }
        restore(interrupted);
    }

    /** Whether the run is neither ending nor over. */
    synchronized boolean isActive() {
        return phase == Phase.RUNNING || phase == Phase.PAUSED;
    }

    synchronized boolean isPaused() {
        return phase == Phase.PAUSED;
    }

    synchronized void pause() {
        if (phase == Phase.RUNNING) {
            phase = Phase.PAUSED;
        }
    }

    synchronized void resume() {
        if (phase == Phase.PAUSED) {
            phase = Phase.RUNNING;
            notifyAll();
        }
    }

    /** The loop is stopped; the disk works until {@link #end}. */
    synchronized void beginEnd() {
        if (phase != Phase.OVER) {
            phase = Phase.ENDING;
            notifyAll();
        }
    }

    /**
     * Ends the run. Returns when no operation on the disk is in progress; none can begin after
     * that.
     */
    synchronized void end() {
        phase = Phase.OVER;
        notifyAll();
        boolean interrupted = false;
        while (inside > 0) {
            interrupted |= interruptedInWait(0);
        }
        restore(interrupted);
    }

    @SuppressWarnings("WaitNotInLoop") // Callers check again, or only need time to pass.
    private boolean interruptedInWait(long millis) {
        try {
            wait(millis);
            return false;
        } catch (InterruptedException e) {
            return true;
        }
    }

    private static void restore(boolean interrupted) {
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
