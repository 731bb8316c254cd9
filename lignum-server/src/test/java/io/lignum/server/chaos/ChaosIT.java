package io.lignum.server.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

import java.nio.file.Path;
import java.time.Duration;

/**
 * A short run of chaos; {@code make chaos} is the long one. The seed decides the faults, but not
 * their timing.
 */
@Isolated("processes that need both cores")
class ChaosIT {

    private static final long SEED = Long.getLong("lignum.seed", 7);
    private static final Duration LENGTH = Duration.ofSeconds(40);

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path directory = Path.of("");

    @Test
    void realFaults_loseNothingAcknowledged_andShowNothingWrong() {
        try (ChaosRun run = new ChaosRun(directory, false, SEED)) {
            run.round(LENGTH);
            System.out.println(run.summary());
            assertThat(run.anomalies())
                    .as("histories are in %s, seed %d", directory, SEED)
                    .isEmpty();
        }
    }
}
