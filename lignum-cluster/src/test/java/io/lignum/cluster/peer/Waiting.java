package io.lignum.cluster.peer;

import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Waits in real time. */
public final class Waiting {

    private Waiting() {}

    public static void until(String what, Duration atMost, BooleanSupplier condition) {
        try {
            Awaitility.await(what)
                    .pollInSameThread()
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(2))
                    .atMost(atMost)
                    .until(condition::getAsBoolean);
        } catch (ConditionTimeoutException late) {
            throw new AssertionError("not within " + atMost + ": " + what, late);
        }
    }
}
