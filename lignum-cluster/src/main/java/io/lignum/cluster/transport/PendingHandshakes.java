package io.lignum.cluster.transport;

import java.net.InetAddress;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Connections that are not authenticated yet. Their number is bounded separately, so that strangers
 * do not use up the places of peers. When there are too many, the oldest one of the address that
 * has most of them is closed: a peer, which needs a few milliseconds, succeeds although others
 * connect as fast as they can. Any thread.
 *
 * @param <C> a connection, compared by identity
 */
final class PendingHandshakes<C> {

    private final int most;
    private final int mostOfAddress;
    private final Predicate<C> proved;
    /** Guarded by this; the oldest first. */
    private final Map<C, InetAddress> pending = new LinkedHashMap<>();

    /** @param proved whether a connection has been authenticated meanwhile */
    PendingHandshakes(int most, int mostOfAddress, Predicate<C> proved) {
        this.most = most;
        this.mostOfAddress = mostOfAddress;
        this.proved = proved;
    }

    /** Adds a connection; returns the one to close instead, if any. */
    synchronized Optional<C> add(C connection, InetAddress address) {
        pending.keySet().removeIf(proved);
        Optional<C> evicted = Optional.empty();
        if (countOf(address) >= mostOfAddress) {
            evicted = removeOldest(address);
        } else if (pending.size() >= most) {
            evicted = removeOldest(addressOfMost());
        }
        pending.put(connection, address);
        return evicted;
    }

    private long countOf(InetAddress address) {
        return pending.values().stream().filter(address::equals).count();
    }

    private InetAddress addressOfMost() {
        Map<InetAddress, Integer> counts = new HashMap<>();
        pending.values().forEach(address -> counts.merge(address, 1, Integer::sum));
        return counts.entrySet().stream()
                .max(Map.Entry.comparingByValue())
                .orElseThrow()
                .getKey();
    }

    private Optional<C> removeOldest(InetAddress address) {
        Iterator<Map.Entry<C, InetAddress>> all = pending.entrySet().iterator();
        while (all.hasNext()) {
            Map.Entry<C, InetAddress> one = all.next();
            if (one.getValue().equals(address)) {
                all.remove();
                return Optional.of(one.getKey());
            }
        }
        return Optional.empty();
    }

    /** The connection was closed. */
    synchronized void remove(C connection) {
        pending.remove(connection);
    }

    synchronized int size() {
        return pending.size();
    }
}
