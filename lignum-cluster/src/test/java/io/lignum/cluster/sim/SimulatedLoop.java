package io.lignum.cluster.sim;

import io.lignum.cluster.Loop;

import java.time.Duration;
import java.util.ArrayDeque;

/** A node loop in simulated time: in order, and pausable like a stopped process. */
public final class SimulatedLoop implements Loop {

    private final SimulatedTime time;
    private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
    private boolean planned;
    private boolean paused;
    private boolean stopped;

    public SimulatedLoop(SimulatedTime time) {
        this.time = time;
    }

    @Override
    public void execute(Runnable task) {
        tasks.addLast(task);
        plan();
    }

    @Override
    public void schedule(Duration delay, Runnable task) {
        time.schedule(delay, () -> execute(task));
    }

    private void plan() {
        if (!planned && !paused && !stopped && !tasks.isEmpty()) {
            planned = true;
            time.execute(this::runOne);
        }
    }

    private void runOne() {
        planned = false;
        if (paused || stopped) {
            return;
        }
        Runnable task = tasks.pollFirst();
        if (task != null) {
            task.run();
        }
        plan();
    }

    /** Runs nothing until {@link #resume}; tasks queue up. */
    public void pause() {
        paused = true;
    }

    public void resume() {
        paused = false;
        plan();
    }

    @Override
    public void stop() {
        stopped = true;
        tasks.clear();
    }
}
