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
 * What a coordinator's server keeps: keys and sessions. It has no clock: time is handed in. One
 * thread.
 */
final class MemoryStore {

    /** How many states back a stale answer may be. */
    private static final int HISTORY = 8;

    /** A session, and the registration whose checks it hangs on. */
    record Session(String id, String service, SessionTimes times) {}

    private final ArrayDeque<MemoryState> history = new ArrayDeque<>();
    private final Map<String, Session> sessions = new TreeMap<>();
    private final Map<String, Long> lockableAt = new HashMap<>();
    private MemoryState state = MemoryState.empty();
    private long index = MemoryState.FIRST_INDEX;

    MemoryState state() {
        return state;
    }

    /** The present state or one of the last few. */
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
     * Ends the session, which lets go of its locks; nobody gets them before the lock delay is over.
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
     * Shows what {@code other} holds. Indexes of later writes go on from here; those of old keys
     * are old.
     */
    void restore(MemoryState other, List<Session> otherSessions) {
        state = other;
        history.clear();
        lockableAt.clear();
        sessions.clear();
        otherSessions.forEach(session -> sessions.put(session.id(), session));
    }

    /** Forgets everything, and counts from the beginning. */
    void clear() {
        restore(MemoryState.empty(), List.of());
        index = MemoryState.FIRST_INDEX;
    }
}
