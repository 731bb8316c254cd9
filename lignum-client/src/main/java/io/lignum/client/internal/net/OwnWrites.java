package io.lignum.client.internal.net;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;

/**
 * Up to where the client's own records were acknowledged, for each topic: a reader that is to see
 * them asks for no less. Any thread; guarded by this.
 */
public final class OwnWrites {

    /** As many topics as are remembered, those written to last. */
    private static final int MOST = 10_000;

    private final Map<String, Long> ends = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
            return size() > MOST;
        }
    };

    /** Everything of the client's own is below this offset, so far. */
    public synchronized void acknowledged(String topic, long end) {
        ends.merge(topic, end, Math::max);
    }

    public synchronized OptionalLong end(String topic) {
        Long end = ends.get(topic);
        return end == null ? OptionalLong.empty() : OptionalLong.of(end);
    }

    /** The topic is gone; another one of that name starts over. */
    public synchronized void forget(String topic) {
        ends.remove(topic);
    }
}
