package io.lignum.cluster.transport;

import java.net.InetAddress;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Connections whose peer has not proved itself, bounded by themselves, so that strangers take no
 * place of a peer. When there are too many the oldest one of the address that has most of them
 * goes: a peer, which needs a few milliseconds, gets in although others connect as fast as they
 * can. Any thread.
 *
 * @param <C> a connection, by its identity
 */
final class PendingHandshakes<C> {

    private final int most;
    private final int mostOfAddress;
    private final Predicate<C> proved;
    /** Guarded by this; the oldest first. */
    private final Map<C, InetAddress> pending = new LinkedHashMap<>();

    /**
     * Nothing is pending yet.
     *
     * @param proved whether a connection's peer has proved itself meanwhile
     */
    PendingHandshakes(int most, int mostOfAddress, Predicate<C> proved) {
        this.most = most;
        this.mostOfAddress = mostOfAddress;
        this.proved = proved;
    }

    /** Adds a connection; answers the one that has to go for it. */
    synchronized Optional<C> add(C connection, InetAddress address) {
        pending.keySet().removeIf(proved);
        Optional<C> gone = Optional.empty();
        if (countOf(address) >= mostOfAddress) {
            gone = removeOldest(address);
        } else if (pending.size() >= most) {
            gone = removeOldest(addressOfMost());
        }
        pending.put(connection, address);
        return gone;
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

    /** The connection is closed. */
    synchronized void remove(C connection) {
        pending.remove(connection);
    }

    synchronized int size() {
        return pending.size();
    }
}
