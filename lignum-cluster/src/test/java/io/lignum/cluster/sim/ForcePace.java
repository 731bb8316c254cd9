package io.lignum.cluster.sim;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long a disk takes to force data. Meanwhile the data is visible, but a power cut may lose it:
 * only then does an early acknowledgement lose data.
 */
enum ForcePace {
    /** Immediately: for tests in which the disk plays no part. */
    NONE,
    /** Like a good disk: below a millisecond, and occasionally much longer. */
    ORDINARY,
    /** Like a failing or busy disk. */
    SLOW;

    private static final int HICCUPS_PERCENT = 10;
    private static final int WAITS_PERCENT = 2;

    Duration next(RandomGenerator random) {
        return switch (this) {
            case NONE -> Duration.ZERO;
            case ORDINARY ->
                random.nextInt(100) < HICCUPS_PERCENT
                        ? micros(random, 5_000, 80_000)
                        : micros(random, 50, 1_000);
            case SLOW -> micros(random, 20_000, 1_500_000);
        };
    }

    /** The time until a thread of the pool is free. */
    Duration wait(RandomGenerator random) {
        return this != NONE && random.nextInt(100) < WAITS_PERCENT
                ? micros(random, 10, 30_000)
                : Duration.ZERO;
    }

    private static Duration micros(RandomGenerator random, int from, int to) {
        return Duration.ofNanos(1_000L * random.nextInt(from, to));
    }
}
