package io.lignum.server.service;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** A bounded number of permits that are taken and given back. Any thread. */
final class Permits {

    private static final Logger LOG = LoggerFactory.getLogger(Permits.class);

    private final ErrorCode code;
    private final String limitKey;
    private final long limit;
    private final String what;
    private final AtomicLong taken = new AtomicLong();
    private volatile @Nullable CountDownLatch awaited;

    /** @param what completes "too many ..." in the error */
    Permits(ErrorCode code, String limitKey, long limit, String what) {
        this.code = code;
        this.limitKey = limitKey;
        this.limit = limit;
        this.what = what;
    }

    /** @throws ServiceException there are fewer than {@code amount} permits left */
    void take(long amount) {
        take(amount, 0);
    }

    /** As above, for a caller that already holds {@code own}. */
    void take(long amount, long own) {
        long now = taken.addAndGet(amount);
        // A single request always succeeds: its own size has a separate limit.
        if (now > limit && now != amount + own) {
            taken.addAndGet(-amount);
            throw ServiceException.overLimit(code, limitKey, limit, "too many " + what);
        }
    }

    void giveBack(long amount) {
        long left = taken.addAndGet(-amount);
        if (left < 0) {
            throw new IllegalStateException("more given back than taken: " + what);
        }
        CountDownLatch waiting = awaited;
        if (left == 0 && waiting != null) {
            waiting.countDown();
        }
    }

    /** Waits until all permits are given back. Called at the end, when no more are taken. */
    void awaitNone(Duration atMost) throws InterruptedException {
        CountDownLatch none = new CountDownLatch(1);
        awaited = none;
        if (taken.get() > 0 && !none.await(atMost.toMillis(), TimeUnit.MILLISECONDS)) {
            LOG.warn("{} {} are left after {} ms", taken.get(), what, atMost.toMillis());
        }
    }

    long taken() {
        return taken.get();
    }
}
