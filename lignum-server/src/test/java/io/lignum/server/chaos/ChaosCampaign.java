package io.lignum.server.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.server.cluster.NodeProcess;
import io.lignum.server.cluster.RootCommand;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;

/**
 * The test of {@code make chaos}; its name excludes it from the test command. With an even seed
 * nodes require TLS and a login. After a failure its files stay for inspection.
 */
final class ChaosCampaign {

    private static final Duration ROUND = Duration.ofMinutes(1);

    private final Path directory = Path.of("target", "chaos").toAbsolutePath();
    private final Path results = Path.of(System.getProperty("lignum.chaos.results", ""));
    private final long minutes = Long.getLong("lignum.chaos.minutes", 5);
    private final long seed = Long.getLong("lignum.seed", Instant.now().getEpochSecond());

    @Test
    void campaign() throws IOException {
        Path own = Files.createDirectories(
                directory.resolve("seed-" + seed + "-at-" + Instant.now().getEpochSecond()));
        System.out.println("seed " + seed + ", " + minutes + " minutes, " + NodeProcess.limits()
                + ", in " + own);
        long end = System.nanoTime() + Duration.ofMinutes(minutes).toNanos();
        boolean secure = seed % 2 == 0;
        try (ChaosRun run = new ChaosRun(own, secure, seed)) {
            while (System.nanoTime() < end && run.anomalies().isEmpty()) {
                run.round(ROUND);
            }
            System.out.println(run.summary());
            if (!results.toString().isEmpty()) {
                Files.writeString(
                        results,
                        run.summary() + "; " + NodeProcess.limits()
                                + (secure ? "; with TLS and a login\n" : "\n"),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.APPEND);
            }
            assertThat(run.anomalies())
                    .as("seed %d, all is kept in %s", seed, own)
                    .isEmpty();
        }
        RootCommand.run("rm", "-rf", own.toString());
    }
}
