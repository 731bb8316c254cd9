package io.lignum.cluster.sim;

import io.lignum.cluster.coordinator.Entry;
import io.lignum.cluster.coordinator.SessionTimes;
import io.lignum.cluster.coordinator.TxnOp;
import io.lignum.cluster.coordinator.TxnResult;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;

/**
 * The keys and sessions of a coordinator's server. It has no clock; callers pass the time. One
 * thread.
 */
final class MemoryStore {

    /** The maximum age of a stale answer, in states. */
    private static final int HISTORY = 8;

    /** A session, and the registration whose checks it depends on. */
    record Session(String id, String service, SessionTimes times) {}

    private final ArrayDeque<MemoryState> history = new ArrayDeque<>();
    private final Map<String, Session> sessions = new TreeMap<>();
    private final Map<String, Long> lockableAt = new HashMap<>();
    private MemoryState state = MemoryState.empty();
    private long index = MemoryState.FIRST_INDEX;

    MemoryState state() {
        return state;
    }

    /** The current state or one of the last few. */
    MemoryState stale(Random random) {
        List<MemoryState> past = new ArrayList<>(history);
        past.add(state);
        return past.get(random.nextInt(past.size()));
    }

    Optional<Session> session(String id) {
        return Optional.ofNullable(sessions.get(id));
    }

    List<Session> sessions() {
        return List.copyOf(sessions.values());
    }

    void open(Session session) {
        index++;
        sessions.put(session.id(), session);
    }

    /**
     * Ends the session and releases its locks; they cannot be taken before the lock delay has
     * passed.
     */
    void end(Session session, long now) {
        sessions.remove(session.id());
        MemoryTxn txn = new MemoryTxn(state, sessions::containsKey, ++index);
        for (Entry entry : state.entries().values()) {
            if (entry.session().equals(Optional.of(session.id()))) {
                txn.release(entry);
                if (!session.times().lockDelay().isZero()) {
                    lockableAt.put(
                            entry.key(), now + session.times().lockDelay().toNanos());
                }
            }
        }
        keep(txn);
    }

    TxnResult transact(List<TxnOp> operations, long now) {
        for (TxnOp op : operations) {
            if (op instanceof TxnOp.Lock && lockableAt.getOrDefault(op.key(), now) > now) {
                return new TxnResult.Refused(op.key() + " cannot be locked: lock delay");
            }
        }
        MemoryTxn txn = new MemoryTxn(state, sessions::containsKey, ++index);
        for (TxnOp op : operations) {
            Optional<String> refused = txn.apply(op);
            if (refused.isPresent()) {
                return new TxnResult.Refused(refused.get());
            }
        }
        keep(txn);
        return new TxnResult.Applied(txn.results());
    }

    private void keep(MemoryTxn txn) {
        if (txn.changed()) {
            history.addLast(state);
            if (history.size() > HISTORY) {
                history.removeFirst();
            }
            state = txn.after();
        }
    }

    /**
     * Restores the contents of {@code other}. Later writes continue with the current index; old
     * keys keep theirs.
     */
    void restore(MemoryState other, List<Session> otherSessions) {
        state = other;
        history.clear();
        lockableAt.clear();
        sessions.clear();
        otherSessions.forEach(session -> sessions.put(session.id(), session));
    }

    /** Deletes everything, and restarts the index. */
    void clear() {
        restore(MemoryState.empty(), List.of());
        index = MemoryState.FIRST_INDEX;
    }
}
