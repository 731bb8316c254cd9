package io.lignum.server.service;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Detects threads of the node that make no progress. A watched thread runs a small task once a
 * second; if it has not done so for {@link #MAX_SILENCE}, it is stuck. Answers
 * {@code GET /health/live}. Thread-safe.
 */
public final class Liveness {

    /** Longer than any task of a healthy loop takes, even with a busy disk. */
    public static final Duration MAX_SILENCE = Duration.ofSeconds(10);

    private static final Duration INTERVAL = Duration.ofSeconds(1);

    private final LongSupplier nanoTime;
    private final List<Supplier<List<String>>> checks = new CopyOnWriteArrayList<>();

    public Liveness() {
        this(System::nanoTime);
    }

    Liveness(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** Runs on the watched thread and records the time. */
    private final class Heartbeat implements Runnable {

        private volatile long lastNanos = nanoTime.getAsLong();

        @Override
        public void run() {
            lastNanos = nanoTime.getAsLong();
        }

        Duration silence() {
            return Duration.ofNanos(nanoTime.getAsLong() - lastNanos);
        }
    }

    /** Watches the thread of a timer. */
    public void watch(String name, ScheduledExecutorService timer) {
        watch(name, beat -> {
            var unused = timer.scheduleWithFixedDelay(
                    beat, 0, INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
        });
    }

    /**
     * Watches a thread.
     *
     * @param repeat makes the thread run a task at least once a second from now on
     */
    public void watch(String name, Consumer<Runnable> repeat) {
        Heartbeat heartbeat = new Heartbeat();
        repeat.accept(heartbeat);
        watchWith(() -> {
            Duration silence = heartbeat.silence();
            return silence.compareTo(MAX_SILENCE) > 0
                    ? List.of(name + " has not moved for " + silence.toSeconds() + " s")
                    : List.of();
        });
    }

    /**
     * Adds a check that returns what is stuck. It must return immediately and take no lock that a
     * stuck thread may hold.
     */
    public void watchWith(Supplier<List<String>> check) {
        checks.add(check);
    }

    /** Returns what is stuck, one sentence each; empty if nothing is. */
    public List<String> stuck() {
        List<String> found = new ArrayList<>();
        checks.forEach(check -> found.addAll(check.get()));
        return List.copyOf(found);
    }
}
