package io.lignum.cluster.consul;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.time.Duration;

/** How often a watch asks. */
final class WatchPaceTest {

    private static final long EVERY = WatchPace.EVERY.toNanos();

    // A monotonic clock may begin anywhere, and pass the end of a long.
    private long now = Long.MAX_VALUE - 3 * EVERY;
    private final WatchPace pace = new WatchPace(() -> now);

    /** Asks as soon as it may, and is answered at once; gives how long that took. */
    private Duration answers(int count) {
        long startNanos = now;
        for (int i = 0; i < count; i++) {
            now += pace.pauseNanos("key");
            pace.answered("key");
        }
        return Duration.ofNanos(now - startNanos);
    }

    @Test
    void fewChanges_areHeardAtOnce() {
        assertThat(answers(WatchPace.AT_ONCE)).isZero();
        assertThat(pace.pauseNanos("key")).isEqualTo(EVERY);
        assertThat(pace.pauseNanos("other key")).isZero();
    }

    @Test
    void changesWithoutEnd_areHeardTwentyTimesASecond() {
        answers(WatchPace.AT_ONCE);
        assertThat(answers(100)).isEqualTo(WatchPace.EVERY.multipliedBy(100));
    }

    @Test
    void changesThatAreRarer_areHeardAtOnceForEver() {
        for (int i = 0; i < 1_000; i++) {
            assertThat(answers(1)).isZero();
            now += EVERY;
        }
    }

    @Test
    void quiet_givesBackAsManyAnswersAsItLasted_andNoMoreThanThereWere() {
        answers(WatchPace.AT_ONCE);
        now += 2 * EVERY;
        assertThat(answers(2)).isZero();
        assertThat(answers(1)).isEqualTo(WatchPace.EVERY);
        now += Duration.ofHours(1).toNanos();
        assertThat(answers(WatchPace.AT_ONCE)).isZero();
        assertThat(answers(1)).isEqualTo(WatchPace.EVERY);
    }

    @Test
    void clockThatPassesTheEndOfALong_goesOnAsBefore() {
        answers(WatchPace.AT_ONCE);
        now += 10 * EVERY;
        assertThat(now).isNegative();
        assertThat(answers(WatchPace.AT_ONCE)).isZero();
        assertThat(answers(1)).isEqualTo(WatchPace.EVERY);
    }
}
