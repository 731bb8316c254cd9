package io.lignum.cluster.sim;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long a disk takes to force what was written. While it does, the bytes are seen and a power
 * cut may take them: what is acknowledged too early is lost only then.
 */
enum ForcePace {
    /** At once: for stories in which the disk plays no part. */
    NONE,
    /** As a good disk: below a millisecond, and now and then much longer. */
    ORDINARY,
    /** As a disk that is about to fail, or that others use. */
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

    /** Before a thread is free for a task. */
    Duration wait(RandomGenerator random) {
        return this != NONE && random.nextInt(100) < WAITS_PERCENT
                ? micros(random, 10, 30_000)
                : Duration.ZERO;
    }

    private static Duration micros(RandomGenerator random, int from, int to) {
        return Duration.ofNanos(1_000L * random.nextInt(from, to));
    }
}
