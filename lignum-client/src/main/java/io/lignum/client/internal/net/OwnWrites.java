package io.lignum.client.internal.net;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;

/**
 * The end offsets of what was acknowledged to producers of this client, for each topic. A consumer
 * that must read them asks nodes for at least as much. Any thread; guarded by this object's
 * monitor.
 */
public final class OwnWrites {

    /** The most topics to remember; those written to last stay. */
    private static final int MOST = 10_000;

    private final Map<String, Long> ends = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
            return size() > MOST;
        }
    };

    /** All records of this client are below this offset so far. */
    public synchronized void acknowledged(String topic, long end) {
        ends.merge(topic, end, Math::max);
    }

    /** The exclusive end of the client's own records; empty if it has written no record. */
    public synchronized OptionalLong end(String topic) {
        Long end = ends.get(topic);
        return end == null ? OptionalLong.empty() : OptionalLong.of(end);
    }

    /** The topic was deleted. */
    public synchronized void forget(String topic) {
        ends.remove(topic);
    }
}
