package io.lignum.testkit;

import io.lignum.cluster.Loop;
import io.lignum.cluster.ThreadLoop;

import java.time.Duration;

/** A node's loop that runs no task while the node is paused, and none after the run ends. */
final class PausableLoop implements Loop {

    private final ThreadLoop loop;
    private final NodeRun run;
    private final Runnable onStop;

    /**
     * @param onStop called at each {@link #stop}
     */
    PausableLoop(ThreadLoop loop, NodeRun run, Runnable onStop) {
        this.loop = loop;
        this.run = run;
        this.onStop = onStop;
    }

    @Override
    public void execute(Runnable task) {
        loop.execute(pausable(task));
    }

    @Override
    public void schedule(Duration delay, Runnable task) {
        loop.schedule(delay, pausable(task));
    }

    private Runnable pausable(Runnable task) {
        return () -> {
            if (run.pass()) {
                task.run();
            }
        };
    }

    @Override
    public void stop() {
        loop.stop();
        onStop.run();
    }
}
