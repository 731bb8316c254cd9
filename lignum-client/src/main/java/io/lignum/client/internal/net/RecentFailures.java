package io.lignum.client.internal.net;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Remembers for a while to which nodes a client could not connect. Any thread. */
final class RecentFailures {

    /** Longer than a client takes to try all nodes of a cluster. */
    private static final long KEPT_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Map<Address, Long> failures = new HashMap<>(); // guarded by this

    synchronized void add(Address failed) {
        failures.put(failed, System.nanoTime());
    }

    /** Whether all of these nodes failed. */
    synchronized boolean containAll(Collection<Address> nodes) {
        long now = System.nanoTime();
        failures.values().removeIf(at -> now - at > KEPT_NANOS);
        return failures.keySet().containsAll(nodes);
    }
}
