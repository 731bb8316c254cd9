package io.lignum.server.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assumptions.assumeThat;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The fault takes effect: a JVM sees the jump, and timed waits keep their length. */
final class WallClockTest {

    private static final long TOLERANCE_SECONDS = 60;

    @TempDir
    private Path directory = Path.of("");

    /** Prints the wall clock after each timed wait of 100 ms, with the wait's real length. */
    static final class Watch {
        private Watch() {}

        public static void main(String[] args) throws InterruptedException {
            while (true) {
                long startNanos = System.nanoTime();
                Thread.sleep(100);
                long waited = (System.nanoTime() - startNanos) / 1_000_000;
                System.out.println(Instant.now().getEpochSecond() + " " + waited);
            }
        }
    }

    @Test
    void jump_isSeenByARunningJvm_whoseWaitsTakeAsLongAsEver() throws IOException {
        Optional<WallClock> found = WallClock.in(directory.resolve("clock"));
        assumeThat(found).isPresent();
        WallClock clock = found.orElseThrow();
        ProcessBuilder builder = new ProcessBuilder(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Watch.class.getName()));
        builder.environment().putAll(clock.environment());
        Process process = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
        try (BufferedReader out = process.inputReader()) {
            assertThat(secondsOff(out)).isCloseTo(0, within(TOLERANCE_SECONDS));
            clock.jump(Duration.ofDays(-1));
            Awaitility.await()
                    .until(() -> secondsOff(out) < -Duration.ofHours(23).toSeconds());
            clock.jump(Duration.ofHours(1));
            Awaitility.await().until(() -> secondsOff(out) > TOLERANCE_SECONDS);
        } finally {
            process.destroyForcibly();
        }
    }

    private static long secondsOff(BufferedReader out) throws IOException {
        String[] line = String.valueOf(out.readLine()).split(" ", 2);
        assertThat(Long.parseLong(line[1])).isGreaterThanOrEqualTo(100);
        return Long.parseLong(line[0]) - Instant.now().getEpochSecond();
    }
}
