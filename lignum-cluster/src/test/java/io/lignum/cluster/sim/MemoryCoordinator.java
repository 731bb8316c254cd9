package io.lignum.cluster.sim;

import io.lignum.cluster.coordinator.Coordinator;
import io.lignum.cluster.coordinator.CoordinatorException;
import io.lignum.cluster.coordinator.Entry;
import io.lignum.cluster.coordinator.TxnOp;
import io.lignum.cluster.coordinator.TxnResult;
import io.lignum.cluster.coordinator.Watched;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * The coordinator of a cluster, in memory: one server, to which each node has its own
 * {@link #view}. It does as a real Consul was measured to do, and what goes wrong there can be made
 * to go wrong here.
 *
 * <p>Any thread, if the ticker allows it: one lock guards all state, and futures complete on the
 * ticker's thread without it.
 */
public final class MemoryCoordinator {

    /** After this long a call without an answer fails. */
    public static final Duration CALL_TIMEOUT = Duration.ofSeconds(2);

    /** Called for each compare-and-set that was applied. */
    public interface Writes {
        void applied(String key, @Nullable String before, String after);
    }

    /** A copy of all keys and sessions, to be restored later. */
    public static final class Copy {
        private final MemoryState state;
        private final List<MemoryStore.Session> sessions;

        private Copy(MemoryState state, List<MemoryStore.Session> sessions) {
            this.state = state;
            this.sessions = sessions;
        }
    }

    private final MemoryTimers timers;
    private final MemoryServer server;
    private final MemoryWatches watches;
    private final Set<String> cut = new HashSet<>();
    private final Map<String, MemoryState> lagging = new HashMap<>();
    private @Nullable MemoryState mark;
    private final Map<String, ArrayDeque<CoordinatorFault>> planned = new HashMap<>();
    private final Map<String, ArrayDeque<CoordinatorFault>> plannedReleases = new HashMap<>();
    private double faultRate;
    private double staleRate;

    /** A coordinator in simulated time. */
    public MemoryCoordinator(SimulatedTime time) {
        this(Ticker.of(time), time.random());
    }

    /**
     * A coordinator in the time of {@code ticker}.
     *
     * @param random decides about delays and faults; not shared with another thread
     */
    public MemoryCoordinator(Ticker ticker, Random random) {
        timers = new MemoryTimers(ticker, random, this);
        watches = new MemoryWatches(timers, this::answerWatch);
        server = new MemoryServer(timers, watches);
    }

    /** A new connection of the node. */
    public Coordinator view(String nodeId) {
        return new MemoryView(this, nodeId);
    }

    // Direct access for tests.

    /** The server's current entry. */
    public synchronized Optional<Entry> entry(String key) {
        return Optional.ofNullable(server.store().state().entries().get(key));
    }

    /** The server's current entries below the prefix. */
    public synchronized List<Entry> entries(String prefix) {
        return server.store().state().list(prefix);
    }

    /** Whether the session exists. */
    public synchronized boolean alive(String session) {
        return server.store().session(session).isPresent();
    }

    /** Calls {@code observer} at each write by compare-and-set, instead of the previous one. */
    public synchronized void observe(Writes observer) {
        server.observe(observer);
    }

    // Faults.

    /**
     * From now on the node's requests and their responses are lost; its port stays reachable for
     * the check.
     */
    public synchronized void cut(String nodeId) {
        cut.add(nodeId);
    }

    /** Remembers the current state for {@link #lag}. */
    public synchronized void mark() {
        mark = server.store().state();
    }

    /**
     * From now on a server that has fallen behind answers the node's watches: with the state of the
     * last {@link #mark}, or one of the last states without a mark. Consistent reads return the
     * current state.
     */
    public synchronized void lag(String nodeId) {
        MemoryState marked = mark;
        lagging.put(nodeId, marked == null ? server.store().stale(timers.random()) : marked);
        watches.interrupt(nodeId, server.store().state());
    }

    /** Ends {@link #cut} and {@link #lag}. */
    public synchronized void heal(String nodeId) {
        cut.remove(nodeId);
        lagging.remove(nodeId);
    }

    /**
     * Opens or closes the node's internal port, which is open at first; a check notices within 1.1
     * s.
     */
    public synchronized void port(String nodeId, boolean open) {
        server.checks().port(nodeId, open);
    }

    /**
     * Applies a fault to the node's next write request. A second call plans one for the request
     * after it.
     */
    public synchronized void plan(String nodeId, CoordinatorFault fault) {
        planned.computeIfAbsent(nodeId, id -> new ArrayDeque<>()).addLast(fault);
    }

    /** The same for the node's next transaction that releases a lock. */
    public synchronized void planRelease(String nodeId, CoordinatorFault fault) {
        plannedReleases.computeIfAbsent(nodeId, id -> new ArrayDeque<>()).addLast(fault);
    }

    /** Applies random faults to this share of all write requests. */
    public synchronized void faultRate(double part) {
        faultRate = part;
    }

    /** Answers this share of the watches with an older state, so that their index can decrease. */
    public synchronized void staleRate(double part) {
        staleRate = part;
    }

    /**
     * The servers hold an election for this long: they return errors only. Sessions survive it, and
     * get a new TTL.
     */
    public synchronized void elect(Duration span) {
        server.elect(span);
        watches.drain().forEach(watch -> reject(watch.view(), watch.future()));
    }

    /**
     * A server that is its own agent is down for this long. It restarts with all port checks
     * critical, and reports this before it checks, so all sessions end.
     */
    public synchronized void restart(Duration down) {
        elect(down);
        timers.after(down, server::endSessions);
    }

    /** A copy of all keys and sessions. */
    public synchronized Copy copy() {
        return new Copy(server.store().state(), server.store().sessions());
    }

    /** Restores an older copy, with its sessions, unless one of their checks is critical. */
    public synchronized void restore(Copy copy) {
        server.restore(copy.state, copy.sessions);
    }

    /** Loses keys, sessions and registrations, and restarts its index. */
    public synchronized void loseData() {
        server.loseData();
        watches.drain().forEach(watch -> reject(watch.view(), watch.future()));
    }

    // The path of a request to the server and back.

    MemoryServer server() {
        return server;
    }

    synchronized void transact(
            MemoryView view, List<TxnOp> operations, CompletableFuture<TxnResult> future) {
        ArrayDeque<CoordinatorFault> next = plannedReleases.get(view.nodeId());
        boolean releases = operations.stream().anyMatch(TxnOp.Unlock.class::isInstance);
        CoordinatorFault fault = releases && next != null && !next.isEmpty()
                ? next.removeFirst()
                : fault(view, true);
        send(view, fault, () -> server.transact(operations), future);
    }

    synchronized <T> void send(
            MemoryView view, boolean write, Supplier<T> work, CompletableFuture<T> future) {
        send(view, fault(view, write), work, future);
    }

    private <T> void send(
            MemoryView view,
            CoordinatorFault fault,
            Supplier<T> work,
            CompletableFuture<T> future) {
        long deadline = timers.nanos() + CALL_TIMEOUT.toNanos();
        Runnable once = () -> serve(view, work, future, deadline);
        Runnable effect = () -> attempt(work);
        switch (cut.contains(view.nodeId()) ? CoordinatorFault.LOST : fault) {
            case NONE -> timers.after(latency(), once);
            case LOST -> failAt(view, future, deadline);
            case REJECTED -> reject(view, future);
            case ANSWER_LOST -> {
                timers.after(latency(), effect);
                failAt(view, future, deadline);
            }
            case LATE -> {
                timers.after(random(CALL_TIMEOUT.multipliedBy(3)), effect);
                failAt(view, future, deadline);
            }
            case RESENT -> {
                timers.after(latency(), () -> {
                    attempt(work);
                    timers.after(latency(), once);
                });
            }
        }
    }

    synchronized void watch(MemoryView view, MemoryWatches.Watch watch) {
        Duration end = watch.atMost().plus(CALL_TIMEOUT);
        if (cut.contains(view.nodeId())) {
            failAt(view, watch.future(), timers.nanos() + end.toNanos());
            return;
        }
        timers.after(watches.pause(watch).plus(latency()), () -> {
            if (server.electing()) {
                reject(view, watch.future());
                return;
            }
            if (watches.waits(watch, server.store().state())) {
                timers.after(
                        watch.atMost(),
                        () -> watches.expire(watch, server.store().state()));
            }
        });
    }

    private void answerWatch(MemoryWatches.Watch watch, Watched now) {
        boolean old = staleRate > 0 && timers.random().nextDouble() < staleRate;
        Watched answer = old ? server.store().stale(timers.random()).watched(watch.prefix()) : now;
        MemoryState behind = lagging.get(watch.view().nodeId());
        if (behind != null) {
            answer = behind.watched(watch.prefix());
        }
        deliver(watch.view(), watch.future(), answer, timers.nanos() + CALL_TIMEOUT.toNanos());
    }

    private CoordinatorFault fault(MemoryView view, boolean write) {
        if (!write) {
            return CoordinatorFault.NONE;
        }
        ArrayDeque<CoordinatorFault> next = planned.get(view.nodeId());
        if (next != null && !next.isEmpty()) {
            return next.removeFirst();
        }
        if (faultRate > 0 && timers.random().nextDouble() < faultRate) {
            CoordinatorFault[] all = CoordinatorFault.values();
            return all[timers.random().nextInt(all.length)];
        }
        return CoordinatorFault.NONE;
    }

    private <T> void serve(
            MemoryView view, Supplier<T> work, CompletableFuture<T> future, long deadline) {
        try {
            T value = perform(work);
            deliver(view, future, value, deadline);
        } catch (CoordinatorException refused) {
            timers.unlocked(latency(), () -> view.fail(future, refused));
        }
    }

    private <T> T perform(Supplier<T> work) {
        if (server.electing()) {
            throw new CoordinatorException("500: no cluster leader", null);
        }
        T value = work.get();
        watches.changed(server.store().state());
        return value;
    }

    /** For a copy whose response is discarded. */
    private <T> void attempt(Supplier<T> work) {
        try {
            perform(work);
        } catch (CoordinatorException unheard) {
            // Without an effect, then.
        }
    }

    private <T> void deliver(MemoryView view, CompletableFuture<T> future, T value, long deadline) {
        timers.after(latency(), () -> {
            if (cut.contains(view.nodeId())) {
                failAt(view, future, deadline);
            } else {
                timers.unlocked(Duration.ZERO, () -> view.answer(future, value));
            }
        });
    }

    private void failAt(MemoryView view, CompletableFuture<?> future, long deadline) {
        Duration left = Duration.ofNanos(Math.max(0, deadline - timers.nanos()));
        timers.unlocked(left, () -> view.fail(future, new CoordinatorException("no answer", null)));
    }

    private void reject(MemoryView view, CompletableFuture<?> future) {
        CoordinatorException failure = new CoordinatorException("500", null);
        timers.unlocked(latency(), () -> view.fail(future, failure));
    }

    private Duration latency() {
        return random(Duration.ofMillis(1));
    }

    private Duration random(Duration below) {
        return Duration.ofNanos((long) (timers.random().nextDouble() * below.toNanos()));
    }
}
