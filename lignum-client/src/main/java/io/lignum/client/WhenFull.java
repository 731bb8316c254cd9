package io.lignum.client;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.Optional;

/** What {@code send} does while the producer holds {@code maxBytesInFlight} bytes. */
public final class WhenFull {

    private static final WhenFull BLOCK = new WhenFull(null);
    private static final WhenFull FAIL = new WhenFull(Duration.ZERO);

    private final @Nullable Duration atMost;

    private WhenFull(@Nullable Duration atMost) {
        this.atMost = atMost;
    }

    /** Waits until enough records have ended. */
    public static WhenFull block() {
        return BLOCK;
    }

    /**
     * Waits at most this long, zero or more, and then fails with
     * {@link LignumException.BufferFull}.
     */
    public static WhenFull waitAtMost(Duration time) {
        if (time.isNegative()) {
            throw new IllegalArgumentException("time must not be negative, is " + time);
        }
        return new WhenFull(time);
    }

    /** Fails with {@link LignumException.BufferFull} immediately. */
    public static WhenFull fail() {
        return FAIL;
    }

    /** The longest wait; empty if {@code send} waits as long as necessary. */
    public Optional<Duration> atMost() {
        return Optional.ofNullable(atMost);
    }
}
