package io.lignum.client.internal.net;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.concurrent.TimeUnit;

/** How pauses grow. */
class BackoffTest {

    private static final long FIRST = TimeUnit.MILLISECONDS.toNanos(10);

    @Test
    void pauses_doubleToASecond() {
        Backoff backoff = new Backoff();
        long most = FIRST;
        for (int i = 0; i < 20; i++) {
            assertThat(backoff.nextNanos()).isBetween(most / 2, most);
            most = Math.min(2 * most, TimeUnit.SECONDS.toNanos(1));
        }
        backoff.reset();
        assertThat(backoff.nextNanos()).isLessThanOrEqualTo(FIRST);
    }

    @Test
    void pausesOfASearch_areNeverLongAgainstAllBeforeThem() {
        long bound = TimeUnit.MILLISECONDS.toNanos(400);
        Backoff backoff = Backoff.ofSearch(bound);
        long before = 0;
        long longest = 0;
        for (int i = 0; i < 50; i++) {
            long pause = backoff.nextNanos();
            assertThat(pause).isLessThanOrEqualTo(Math.min(bound, FIRST + before / 2));
            before += pause;
            longest = Math.max(longest, pause);
        }
        assertThat(longest).isGreaterThan(bound / 2);
        backoff.reset();
        assertThat(backoff.nextNanos()).isLessThanOrEqualTo(FIRST);
    }
}
