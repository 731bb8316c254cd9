package io.lignum.cluster.sim;

import io.lignum.cluster.coordinator.Entry;
import io.lignum.cluster.coordinator.TxnOp;

import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * The effects of Consul's operations on a key, including special cases: a plain write and a
 * compare-and-set keep the lock but reset its count, and a write without a change keeps the index.
 */
final class MemoryTxn {

    private final NavigableMap<String, Entry> entries;
    private final NavigableMap<String, Long> removed;
    private final Predicate<String> alive;
    private final long index;
    private final List<Entry> results = new ArrayList<>();
    private boolean changed;

    MemoryTxn(MemoryState before, Predicate<String> alive, long index) {
        entries = new TreeMap<>(before.entries());
        removed = new TreeMap<>(before.removed());
        this.alive = alive;
        this.index = index;
    }

    List<Entry> results() {
        return results;
    }

    boolean changed() {
        return changed;
    }

    MemoryState after() {
        return new MemoryState(entries, removed, index);
    }

    /** Applies the operation, or gives the reason why the whole transaction is refused. */
    Optional<String> apply(TxnOp op) {
        Optional<Entry> before = Optional.ofNullable(entries.get(op.key()));
        if (op instanceof TxnOp.CheckSession check) {
            boolean holds = before.flatMap(Entry::session).equals(Optional.of(check.session()));
            return refuseUnless(holds, "session check failed for " + op.key());
        }
        if (op instanceof TxnOp.Get) {
            before.ifPresent(results::add);
            return refuseUnless(before.isPresent(), op.key() + " does not exist");
        }
        if (op instanceof TxnOp.Delete) {
            delete(op.key());
            return Optional.empty();
        }
        if (op instanceof TxnOp.Cas cas) {
            return cas(cas, before);
        }
        if (op instanceof TxnOp.Lock lock) {
            return lock(lock, before);
        }
        if (op instanceof TxnOp.Unlock unlock) {
            return unlock(unlock, before);
        }
        TxnOp.Put put = (TxnOp.Put) op;
        write(op.key(), put.value(), 0, before.flatMap(Entry::session));
        return Optional.empty();
    }

    private Optional<String> cas(TxnOp.Cas cas, Optional<Entry> before) {
        if (before.map(Entry::modifyIndex).orElse(0L) != cas.index()) {
            return Optional.of("index of " + cas.key() + " is stale");
        }
        write(cas.key(), cas.value(), 0, before.flatMap(Entry::session));
        return Optional.empty();
    }

    private Optional<String> lock(TxnOp.Lock lock, Optional<Entry> before) {
        if (!alive.test(lock.session())) {
            return Optional.of("invalid session " + lock.session());
        }
        Optional<String> holder = before.flatMap(Entry::session);
        boolean mine = holder.equals(Optional.of(lock.session()));
        if (holder.isPresent() && !mine) {
            return Optional.of(lock.key() + " is locked already");
        }
        long count = before.map(Entry::lockIndex).orElse(0L) + (mine ? 0 : 1);
        write(lock.key(), lock.value(), count, Optional.of(lock.session()));
        return Optional.empty();
    }

    private Optional<String> unlock(TxnOp.Unlock unlock, Optional<Entry> before) {
        if (!before.flatMap(Entry::session).equals(Optional.of(unlock.session()))) {
            return Optional.of(unlock.key() + " is not locked by that session");
        }
        long count = before.map(Entry::lockIndex).orElse(0L);
        write(unlock.key(), unlock.value(), count, Optional.empty());
        return Optional.empty();
    }

    /** Releases the lock as the end of its session does. */
    void release(Entry held) {
        write(held.key(), held.value(), held.lockIndex(), Optional.empty());
    }

    private void write(String key, String value, long lockIndex, Optional<String> session) {
        Entry before = entries.get(key);
        Entry after = new Entry(key, value, index, lockIndex, session);
        if (before != null
                && after.equals(new Entry(
                        key, before.value(), index, before.lockIndex(), before.session()))) {
            results.add(before);
            return;
        }
        entries.put(key, after);
        removed.remove(key);
        results.add(after);
        changed = true;
    }

    private void delete(String key) {
        if (entries.remove(key) != null) {
            removed.put(key, index);
            changed = true;
        }
    }

    private static Optional<String> refuseUnless(boolean fine, String reason) {
        return fine ? Optional.empty() : Optional.of(reason);
    }
}
