package io.lignum.testkit;

import io.lignum.cluster.Loop;
import io.lignum.cluster.ThreadLoop;

import java.time.Duration;

/** A node's loop, which stands still while the node is paused and does nothing once it dies. */
final class GatedLoop implements Loop {

    private final ThreadLoop loop;
    private final NodeRun life;
    private final Runnable onStop;

    /** @param onStop called at each {@link #stop} */
    GatedLoop(ThreadLoop loop, NodeRun life, Runnable onStop) {
        this.loop = loop;
        this.life = life;
        this.onStop = onStop;
    }

    @Override
    public void execute(Runnable task) {
        loop.execute(gated(task));
    }

    @Override
    public void schedule(Duration delay, Runnable task) {
        loop.schedule(delay, gated(task));
    }

    private Runnable gated(Runnable task) {
        return () -> {
            if (life.pass()) {
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
