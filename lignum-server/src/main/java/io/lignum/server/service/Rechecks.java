package io.lignum.server.service;

import io.lignum.server.access.AccessControl;
import io.lignum.server.access.SecurityMode;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Checks the rights of open streams twice a second, so that a stream that waits ends within a
 * second after its requester lost them, whether a grant was removed or a token expired. Used in
 * mode on only. Any thread; the checks run on the timer and must be quick.
 */
final class Rechecks {

    private static final Logger LOG = LoggerFactory.getLogger(Rechecks.class);
    private static final Duration INTERVAL = Duration.ofMillis(500);

    private final boolean isUsed;
    private final Set<Runnable> checks = ConcurrentHashMap.newKeySet();

    Rechecks(AccessControl access, ScheduledExecutorService timer) {
        isUsed = access.mode() == SecurityMode.ON;
        if (isUsed) {
            var unused = timer.scheduleWithFixedDelay(
                    () -> checks.forEach(Rechecks::run),
                    INTERVAL.toMillis(),
                    INTERVAL.toMillis(),
                    TimeUnit.MILLISECONDS);
        }
    }

    private static void run(Runnable check) {
        try {
            check.run();
        } catch (RejectedExecutionException busy) {
            LOG.debug("A stream is checked again later: its threads are busy or end", busy);
        }
    }

    Recheck add(Runnable check) {
        if (!isUsed) {
            return () -> {};
        }
        checks.add(check);
        return () -> checks.remove(check);
    }
}
