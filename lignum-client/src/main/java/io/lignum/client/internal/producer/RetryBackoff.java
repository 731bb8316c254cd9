package io.lignum.client.internal.producer;

import io.lignum.client.internal.net.Backoff;

import org.jspecify.annotations.Nullable;

import java.util.OptionalLong;

/**
 * When a {@link Pipeline} may try again after something went wrong: after a while that doubles with
 * each failure, sooner if it waited for a leader and one is known, and at once where the node said
 * who leads; but that only so often, as nodes may point to each other. One thread at a time.
 */
final class RetryBackoff {

    /** As often in a row are hints followed at once. */
    private static final int MOST_HINTS = 3;

    private final Backoff backoff = new Backoff();
    private @Nullable Long untilNanos;
    private boolean wantsLeader;
    private int hints;

    boolean isOn(long now) {
        Long until = untilNanos;
        if (until != null && now - until >= 0) {
            untilNanos = null;
        }
        return untilNanos != null;
    }

    void begin(long now) {
        untilNanos = now + backoff.nextNanos();
    }

    /** Pauses from now on end when a leader is known. */
    void wantLeader() {
        wantsLeader = true;
    }

    /** A leader is known. */
    void leaderFound() {
        if (wantsLeader) {
            untilNanos = null;
        }
    }

    /** Whether to go at once where a node pointed to; counts as done. */
    boolean mayFollowHint() {
        return hints++ < MOST_HINTS;
    }

    /** Something went well. */
    void reset() {
        backoff.reset();
        wantsLeader = false;
        hints = 0;
    }

    /** When it is over; empty: it is. */
    OptionalLong end() {
        Long until = untilNanos;
        return until == null ? OptionalLong.empty() : OptionalLong.of(until);
    }
}
