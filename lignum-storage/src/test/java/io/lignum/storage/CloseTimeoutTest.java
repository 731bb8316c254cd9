package io.lignum.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lignum.record.LogRecord;
import io.lignum.storage.sim.SimulatedDisk;
import io.lignum.storage.sim.SimulatedEnvironment;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** Closing waits for a log whose disk does not answer, and for no longer than its limit. */
class CloseTimeoutTest {

    private static final Duration LIMIT = Duration.ofSeconds(5);

    private final SimulatedDisk disk = new SimulatedDisk(1);
    private final SimulatedEnvironment environment =
            new SimulatedEnvironment(disk, 1, 1_700_000_000_000L);

    private LogStore open() {
        return LogStore.open(
                Simulation.DIRECTORY, Simulation.CONFIG, environment.environment(), LIMIT);
    }

    @Test
    void forceThatDoesNotReturn_endsTheWait_butKeepsTheDirectory() {
        LogStore store = open();
        TopicLog log = store.createTopic("orders", TopicConfig.DEFAULT);
        CompletableFuture<Long> append = log.appendAsync(LogRecord.of("a"));
        environment.step(); // Writes and requests a force, which now takes until the next step.
        environment.advance(LIMIT);
        assertThat(store.health().isWriterStuck(LIMIT)).isFalse();
        environment.advance(Duration.ofMillis(1));
        assertThatThrownBy(store::close)
                .isInstanceOfSatisfying(
                        StorageException.DiskFailed.class,
                        e -> assertThat(e.outcome()).isEqualTo(Outcome.UNKNOWN))
                .hasMessageContaining("orders has not moved for 5 s");
        assertThatThrownBy(this::open).isInstanceOf(StorageException.DirectoryLocked.class);

        environment.run(); // The force returns, and closing goes on.
        assertThat(append).isCompletedWithValue(0L);
        LogStore again = open();
        assertThat(again.topic("orders").logEndOffset()).isEqualTo(1);
        environment.run(again.closeAsync());
    }
}
