package io.lignum.client.internal.producer;

import org.jspecify.annotations.Nullable;

import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/**
 * The present stream of a {@link Pipeline}, if there is one, whether it is alive, and whether it
 * goes to the right node. A node that is not the leader any more answers what is on its way at
 * once, so it is not waited for as long as one that leads.
 */
final class NodeStream {

    /** An answer that takes longer is reason to ask who leads. */
    private static final long SLOW_NANOS = TimeUnit.SECONDS.toNanos(2);

    /** The time for what is on its way when another node leads. */
    private static final long LEAVING_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final ProduceLink.Opener opener;
    private final long requestTimeoutNanos;
    private @Nullable ProduceLink link;
    private boolean connected;
    private long openedNanos;
    private boolean leaving;
    private long leavingNanos;
    private long askedNanos;

    NodeStream(ProduceLink.Opener opener, long requestTimeoutNanos) {
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

    /** False: no node leads, so far as is known. */
    boolean open(long now) {
        ended();
        openedNanos = now;
        askedNanos = now;
        link = opener.open().orElse(null);
        return link != null;
    }

    /** The node does not lead: nothing more is to be sent there. */
    void leave(long now) {
        if (!leaving) {
            leaving = true;
            leavingNanos = now;
        }
    }

    boolean isLeaving() {
        return leaving;
    }

    boolean isLeaderElsewhere() {
        return link != null && link.isLeaderElsewhere();
    }

    /** Asks who leads if the node takes its time. */
    void askIfSlow(OptionalLong oldestSent, long now) {
        OptionalLong at = slowAt(oldestSent);
        if (at.isPresent() && now - at.getAsLong() >= 0) {
            askedNanos = now;
            opener.search();
        }
    }

    /** When that is to be done; empty: nothing is waited for. */
    OptionalLong slowAt(OptionalLong oldestSent) {
        OptionalLong since = waitingSince(oldestSent);
        return since.isPresent()
                ? OptionalLong.of(
                        Math.max(since.getAsLong() - askedNanos, 0) + askedNanos + SLOW_NANOS)
                : since;
    }

    void send(Batch batch) {
        if (link == null) {
            throw new IllegalStateException("there is no stream");
        }
        link.send(batch);
    }

    /** It has ended by itself. */
    void ended() {
        link = null;
        connected = false;
        leaving = false;
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
        OptionalLong since = waitingSince(oldestSent);
        if (since.isEmpty()) {
            return since;
        }
        long silent = since.getAsLong() + requestTimeoutNanos;
        long left = leavingNanos + LEAVING_NANOS;
        return OptionalLong.of(leaving && left - silent < 0 ? left : silent);
    }

    private OptionalLong waitingSince(OptionalLong oldestSent) {
        return link != null && !connected ? OptionalLong.of(openedNanos) : oldestSent;
    }
}
