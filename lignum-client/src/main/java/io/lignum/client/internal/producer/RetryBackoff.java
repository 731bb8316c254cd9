package io.lignum.client.internal.producer;

import io.lignum.client.internal.net.Backoff;

import org.jspecify.annotations.Nullable;

import java.util.OptionalLong;

/**
 * Decides when a {@link Pipeline} retries after a failure: after a pause that doubles with each
 * failure, earlier if it waits for a leader and one becomes known, and at once if the node named
 * the leader. It follows only a few such hints in a row, since nodes may name each other. One
 * thread at a time.
 */
final class RetryBackoff {

    /** The most hints in a row that are followed without a pause. */
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

    /** The next pauses end when a leader is known. */
    void wantLeader() {
        wantsLeader = true;
    }

    /** A leader is known. */
    void leaderFound() {
        if (wantsLeader) {
            untilNanos = null;
        }
    }

    /** Whether to connect at once to the node that a hint named. Counts the hint as followed. */
    boolean mayFollowHint() {
        return hints++ < MOST_HINTS;
    }

    /** A batch was acknowledged. */
    void reset() {
        backoff.reset();
        wantsLeader = false;
        hints = 0;
    }

    /** When the pause is over; empty if no pause is active. */
    OptionalLong end() {
        Long until = untilNanos;
        return until == null ? OptionalLong.empty() : OptionalLong.of(until);
    }
}
