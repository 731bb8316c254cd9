package io.lignum.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lignum.record.LogRecord;
import io.lignum.storage.sim.IoKind;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * What a change of topics says after a failed I/O is true after the next start, whichever I/O it
 * was.
 */
class FailedChangeTest {

    private static final int MANY = 30;

    private static final TopicConfig CHANGED = TopicConfig.DEFAULT.withSegmentMaxRecords(12);

    @ParameterizedTest
    @EnumSource(IoKind.class)
    void alteredTopic(IoKind kind) {
        tryAll(
                kind,
                store -> store.alterTopic("t", CHANGED),
                store -> store.topic("t").config().equals(CHANGED));
    }

    @ParameterizedTest
    @EnumSource(IoKind.class)
    void createdTopic(IoKind kind) {
        tryAll(
                kind,
                store -> store.createTopic("u", CHANGED),
                store -> store.findTopic("u").isPresent());
    }

    /** The n-th I/O of that kind fails, for every n; then the process dies, or the power goes. */
    private static void tryAll(
            IoKind kind, Consumer<LogStore> change, Predicate<LogStore> isInForce) {
        boolean failed = true;
        for (int n = 1; failed && n < MANY; n++) {
            failed = tryOne(kind, n, false, change, isInForce);
            tryOne(kind, n, true, change, isInForce);
        }
        assertThat(failed).as("every I/O of the change was tried").isFalse();
    }

    private static boolean tryOne(
            IoKind kind,
            int nth,
            boolean powerIsLost,
            Consumer<LogStore> change,
            Predicate<LogStore> isInForce) {
        Simulation simulation = new Simulation(nth);
        LogStore store = simulation.open();
        TopicLog log = store.createTopic("t", TopicConfig.DEFAULT);
        simulation.disk.failAt(kind, nth, new IOException("simulated: Input/output error"));
        Outcome outcome = null;
        try {
            change.accept(store);
        } catch (StorageException e) {
            outcome = e.outcome();
            assertThatThrownBy(() -> log.appendAsync(LogRecord.of("r")))
                    .as("a force that failed is not repeated")
                    .isInstanceOf(StorageException.DiskFailed.class);
            assertThat(store.health().failure()).isPresent();
        }
        simulation.crash(powerIsLost);
        LogStore again = simulation.open();
        if (outcome != Outcome.UNKNOWN) {
            assertThat(isInForce.test(again))
                    .as("%s %s: %s", kind, nth, outcome)
                    .isEqualTo(outcome == null);
        }
        simulation.close(again);
        return outcome != null;
    }
}
