package io.lignum.record;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

class LogLineLimiterTest {

    private static final Duration INTERVAL = Duration.ofSeconds(10);

    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 3);
    private final LogLineLimiter limiter = new LogLineLimiter(INTERVAL, nanos::get);

    @Test
    void firstEvent_isLoggedAtOnce() {
        assertThat(limiter.count()).isEqualTo(1);
    }

    @Test
    void eventsWithinTheInterval_areCountedForTheNextLine() {
        limiter.count();
        nanos.addAndGet(INTERVAL.toNanos() - 1);
        assertThat(limiter.count()).isZero();
        assertThat(limiter.count()).isZero();
        nanos.addAndGet(1);
        assertThat(limiter.count()).isEqualTo(3);
        assertThat(limiter.count()).isZero();
    }
}
