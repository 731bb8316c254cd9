package io.lignum.client.internal.producer;

import org.jspecify.annotations.Nullable;

import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/**
 * The current stream of a {@link Pipeline}, if there is one: whether it works, and whether it leads
 * to the leader. A node that no longer leads answers at once what is in flight, so the wait for it
 * is shorter. One thread at a time.
 */
final class NodeStream {

    /** After this wait for an answer the client asks which node leads. */
    private static final long SLOW_NANOS = TimeUnit.SECONDS.toNanos(2);

    /** The wait for answers of a node when another one leads. */
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

    /** Whether the stream was ready once. From then on only the window limits what is in flight. */
    boolean isConnected() {
        connected = connected || (link != null && link.isReady());
        return connected;
    }

    /** Opens a stream. Returns false if no node is known to lead. */
    boolean open(long now) {
        ended();
        openedNanos = now;
        askedNanos = now;
        link = opener.open().orElse(null);
        return link != null;
    }

    /** The node does not lead. Nothing more is to be sent to it. */
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

    /** Asks which node leads if the node is slow to answer. */
    void askIfSlow(OptionalLong oldestSent, long now) {
        OptionalLong at = slowAt(oldestSent);
        if (at.isPresent() && now - at.getAsLong() >= 0) {
            askedNanos = now;
            opener.search();
        }
    }

    /** When {@link #askIfSlow} is due; empty if no answer is expected. */
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

    /** The stream has ended by itself. */
    void ended() {
        link = null;
        connected = false;
        leaving = false;
    }

    /**
     * Gives up the stream.
     *
     * @param stalled whether its connection does not work either
     */
    void cancel(boolean stalled) {
        ProduceLink open = link;
        ended();
        if (open != null) {
            open.cancel(stalled);
        }
    }

    /** When to give up the stream for lack of an answer; empty if none is expected. */
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
