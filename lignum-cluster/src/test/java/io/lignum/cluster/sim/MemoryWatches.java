package io.lignum.cluster.sim;

import io.lignum.cluster.coordinator.Watched;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;

/** The watches that wait for a change. Called with the owner's lock held. */
final class MemoryWatches {

    /** Minimum time between two answers about one prefix to one node. */
    private static final Duration PAUSE = Duration.ofMillis(50);

    record Watch(
            MemoryView view,
            String prefix,
            long index,
            Duration atMost,
            CompletableFuture<Watched> future) {}

    private final MemoryTimers timers;
    private final BiConsumer<Watch, Watched> answer;
    private final List<Watch> waiting = new ArrayList<>();
    private final Map<String, Long> answeredAt = new HashMap<>();

    MemoryWatches(MemoryTimers timers, BiConsumer<Watch, Watched> answer) {
        this.timers = timers;
        this.answer = answer;
    }

    /** The delay of a new watch of this kind. */
    Duration pause(Watch watch) {
        Long last = answeredAt.get(kind(watch));
        long left = last == null ? 0 : last + PAUSE.toNanos() - timers.nanos();
        return Duration.ofNanos(Math.max(0, left));
    }

    private static String kind(Watch watch) {
        return watch.view().nodeId() + " " + watch.prefix();
    }

    /**
     * Answers immediately or keeps the watch; returns whether it keeps it. As in Consul, a watch
     * with an index from the future waits until its time-out.
     */
    boolean waits(Watch watch, MemoryState state) {
        Watched now = state.watched(watch.prefix());
        if (watch.index() == 0 || now.index() > watch.index()) {
            finish(watch, now);
            return false;
        }
        waiting.add(watch);
        return true;
    }

    /** Answers the watch if it still waits, since its time-out has passed. */
    void expire(Watch watch, MemoryState state) {
        if (waiting.remove(watch)) {
            finish(watch, state.watched(watch.prefix()));
        }
    }

    void changed(MemoryState state) {
        for (Iterator<Watch> all = waiting.iterator(); all.hasNext(); ) {
            Watch watch = all.next();
            Watched now = state.watched(watch.prefix());
            if (now.index() > watch.index()) {
                all.remove();
                finish(watch, now);
            }
        }
    }

    /** Answers all watches of the node. */
    void interrupt(String nodeId, MemoryState state) {
        for (Watch watch : List.copyOf(waiting)) {
            if (watch.view().nodeId().equals(nodeId)) {
                expire(watch, state);
            }
        }
    }

    /** Removes and returns all waiting watches. */
    List<Watch> drain() {
        List<Watch> all = List.copyOf(waiting);
        waiting.clear();
        return all;
    }

    private void finish(Watch watch, Watched now) {
        answeredAt.put(kind(watch), timers.nanos());
        answer.accept(watch, now);
    }
}
