package io.lignum.client.internal.net;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Remembers for a while with which nodes a client did not agree on TLS. Any thread. */
final class RecentTlsFailures {

    /** Longer than a client takes to try all nodes of a cluster. */
    private static final long KEPT_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Map<Address, Long> failures = new HashMap<>(); // guarded by this

    /** Adds a failure of a node; returns whether one of these nodes has none yet. */
    synchronized boolean isElsewhereUntried(Address failed, Collection<Address> all) {
        long now = System.nanoTime();
        failures.values().removeIf(at -> now - at > KEPT_NANOS);
        failures.put(failed, now);
        return !failures.keySet().containsAll(all);
    }
}
