package io.lignum.testkit;

import java.io.IOException;
import java.time.Duration;

/**
 * One life of a node, from its start to its end, as its loop and its disk see it: nothing gets past
 * here while the node is paused, and nothing ever again once it is over. So no thread that a killed
 * node leaves behind can touch the files that its next life has opened. Any thread; interrupts are
 * kept for whoever wants them.
 */
final class NodeRun {

    private enum Phase {
        RUNNING,
        PAUSED,
        /** The loop stands still, the disk still works: clients are cut off meanwhile. */
        DYING,
        OVER
    }

    /* Guarded by this object's monitor. */
    private Phase phase = Phase.RUNNING;
    private int inside;

    /** Waits while the node is paused; false: nothing is to be done any more. */
    synchronized boolean pass() {
        awaitResume();
        return phase == Phase.RUNNING;
    }

    /**
     * Begins something on the disk, to be followed by {@link #leave}; waits while the node is
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

    /** Lets about this much time pass, unless the node dies. */
    synchronized void linger(Duration span) {
        boolean interrupted = Thread.interrupted(); // Else the wait would be none.
        if (goesOn()) {
            interrupted |= interruptedInWait(Math.max(1, span.toMillis()));
        }
        restore(interrupted);
    }

    /** False once the node dies. */
    synchronized boolean goesOn() {
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

    synchronized void die() {
        if (phase != Phase.OVER) {
            phase = Phase.DYING;
            notifyAll();
        }
    }

    /** Returns once nobody is inside any more, nor will be. */
    synchronized void end() {
        phase = Phase.OVER;
        notifyAll();
        boolean interrupted = false;
        while (inside > 0) {
            interrupted |= interruptedInWait(0);
        }
        restore(interrupted);
    }

    @SuppressWarnings("WaitNotInLoop") // Callers look again, or only let time pass.
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
