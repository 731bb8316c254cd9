package io.lignum.server.service;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

class ThrottleTest {

    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE / 2);
    private final Throttle throttle = new Throttle(100, nanos::get);

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    @Test
    void oneSecondOfTheRate_isFree_andMoreWaits() {
        assertThat(throttle.take(100)).isZero();
        assertThat(throttle.take(50)).isEqualTo(Duration.ofMillis(500));
        assertThat(throttle.delay()).isEqualTo(Duration.ofMillis(500));
        pass(Duration.ofMillis(500));
        assertThat(throttle.delay()).isZero();
        assertThat(throttle.take(1)).isEqualTo(Duration.ofMillis(10));
    }

    @Test
    void restOfAWhile_isNotSavedForLater() {
        pass(Duration.ofHours(1));
        assertThat(throttle.take(100)).isZero();
        assertThat(throttle.take(100)).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void hugeUse_doesNotOverflow() {
        Duration wait = throttle.take(Long.MAX_VALUE);
        assertThat(wait).isPositive().isLessThanOrEqualTo(Duration.ofDays(1));
        assertThat(throttle.take(1)).isGreaterThanOrEqualTo(wait);
    }

    @Test
    void useAtTheRate_neverWaits() {
        for (int i = 0; i < 1_000; i++) {
            assertThat(throttle.take(10)).isZero();
            pass(Duration.ofMillis(100));
        }
    }
}
