package io.lignum.bench.server;

import org.jspecify.annotations.Nullable;

/**
 * Limits the records that are sent and not yet acknowledged: at the limit, waits for the oldest one
 * before it sends another. Used by one thread.
 */
final class InFlightLimit {

    private final Sender sender;
    private final Sender.@Nullable Pending[] pending;
    private int at;

    InFlightLimit(Sender sender, int maxInFlight) {
        this.sender = sender;
        pending = new Sender.@Nullable Pending[maxInFlight];
    }

    void send(byte[] value) throws Exception {
        Sender.Pending oldest = pending[at];
        if (oldest != null) {
            oldest.await();
        }
        pending[at] = sender.send(value);
        at = at + 1 == pending.length ? 0 : at + 1;
    }

    /** Waits until all records are acknowledged. */
    void drain() throws Exception {
        for (int i = 0; i < pending.length; i++) {
            Sender.Pending oldest = pending[at];
            if (oldest != null) {
                oldest.await();
                pending[at] = null;
            }
            at = at + 1 == pending.length ? 0 : at + 1;
        }
    }
}
