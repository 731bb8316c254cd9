package io.lignum.client;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.Optional;

/** What {@code send} does while the producer holds as many bytes as it may. */
public final class WhenFull {

    private static final WhenFull BLOCK = new WhenFull(null);
    private static final WhenFull FAIL = new WhenFull(Duration.ZERO);

    private final @Nullable Duration atMost;

    private WhenFull(@Nullable Duration atMost) {
        this.atMost = atMost;
    }

    /** Waits until there is room. */
    public static WhenFull block() {
        return BLOCK;
    }

    /** Waits so long and then fails with {@link LignumException.BufferFull}. */
    public static WhenFull waitAtMost(Duration time) {
        return new WhenFull(Checks.notNegative("time", time));
    }

    /** Fails with {@link LignumException.BufferFull} at once. */
    public static WhenFull fail() {
        return FAIL;
    }

    /** Empty: as long as it takes. */
    Optional<Duration> atMost() {
        return Optional.ofNullable(atMost);
    }
}
