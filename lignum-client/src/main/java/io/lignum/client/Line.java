package io.lignum.client;

import org.jspecify.annotations.Nullable;

import java.util.OptionalLong;

/** The present stream of a {@link Pipeline}, if there is one, and whether it is alive. */
final class Line {

    private final ProduceLink.Opener opener;
    private final long requestTimeoutNanos;
    private @Nullable ProduceLink link;
    private boolean connected;
    private long openedNanos;

    Line(ProduceLink.Opener opener, long requestTimeoutNanos) {
        this.opener = opener;
        this.requestTimeoutNanos = requestTimeoutNanos;
    }

    boolean isOpen() {
        return link != null;
    }

    boolean is(ProduceLink other) {
        return link == other;
    }

    /** Whether it was ready once; from then on the window alone bounds what is on its way. */
    boolean isConnected() {
        connected = connected || (link != null && link.isReady());
        return connected;
    }

    void open(long now) {
        connected = false;
        openedNanos = now;
        link = opener.open();
    }

    void send(Batch batch, long now) {
        if (link == null) {
            throw new IllegalStateException("there is no stream");
        }
        batch.inFlight = true;
        batch.copies++;
        batch.sentNanos = now;
        link.send(batch);
    }

    /** It has ended by itself. */
    void ended() {
        link = null;
        connected = false;
    }

    /** Gives it up. Stalled: its connection, too. */
    void cancel(boolean stalled) {
        ProduceLink open = link;
        ended();
        if (open != null) {
            open.cancel(stalled);
        }
    }

    /** When silence will have lasted for too long; empty: nothing is waited for. */
    OptionalLong silentAt(OptionalLong oldestSent) {
        if (link != null && !connected) {
            return OptionalLong.of(openedNanos + requestTimeoutNanos);
        }
        return oldestSent.isPresent()
                ? OptionalLong.of(oldestSent.getAsLong() + requestTimeoutNanos)
                : OptionalLong.empty();
    }
}
