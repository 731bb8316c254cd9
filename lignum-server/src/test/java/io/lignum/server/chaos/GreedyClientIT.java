package io.lignum.server.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.cluster.testing.FreePorts;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * Legal but greedy clients of every route and call against a real node with little memory.
 * Afterwards it serves everything and has released everything, or it has ended with a code that
 * says why. Longer with {@code -Dlignum.greedy.seconds}, or {@code make greedy}.
 */
@Isolated("processes that need both cores")
class GreedyClientIT {

    private static final Path JAR = Path.of("target/lignum.jar").toAbsolutePath();
    private static final int SECONDS = Integer.getInteger("lignum.greedy.seconds", 6);

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path directory = Path.of("");

    @ParameterizedTest
    @ValueSource(strings = {"64m", "128m"})
    void greedyClientsOfEveryRoute_nodeServesAfterwards_orSaysWhyItEnded(String heap)
            throws IOException, InterruptedException {
        int http = FreePorts.next();
        int grpc = FreePorts.next();
        Path log = directory.resolve("out.log");
        Process node = launch(heap, http, grpc, log);
        try (GreedyLoad load = new GreedyLoad(http, grpc)) {
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .failFast("the process ended", () -> !node.isAlive())
                    .until(() -> Files.readString(log).contains("Ready: "));
            load.fill();
            load.run(Duration.ofSeconds(SECONDS));
            System.out.println(heap + ": " + load.outcomes());
            if (node.isAlive()) {
                Awaitility.await()
                        .atMost(Duration.ofSeconds(40))
                        .untilAsserted(() -> assertNothingHeld(load));
                assertServing(load);
                Awaitility.await().untilAsserted(() -> assertNothingHeld(load));
                assertThat(Files.readString(log)).doesNotContain("OutOfMemoryError");
            } else {
                assertThat(node.exitValue()).as("it says why").isBetween(2, 4);
            }
        } finally {
            node.destroyForcibly().onExit().join();
        }
    }

    private Process launch(String heap, int http, int grpc, Path log) throws IOException {
        return new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx" + heap,
                        "-XX:TieredStopAtLevel=1",
                        "-jar",
                        JAR.toString(),
                        "serve",
                        "--server.host=127.0.0.1",
                        "--server.port=" + http,
                        "--server.grpc-port=" + grpc,
                        "--limits.slow-client-timeout-in-ms=2000",
                        "--topic.retention-bytes=100000000",
                        "--message.data-dir=" + directory.resolve("data")))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
    }

    private static void assertNothingHeld(GreedyLoad load)
            throws IOException, InterruptedException {
        String metrics = load.answer("/metrics").body();
        for (String gauge : List.of(
                "lignum_requests_in_flight",
                "lignum_append_queue",
                "lignum_append_queue_bytes",
                "lignum_waiting_reads",
                "lignum_streams",
                "lignum_memory_bytes")) {
            assertThat(metrics).contains("\n" + gauge + " 0.0\n");
        }
    }

    private static void assertServing(GreedyLoad load) throws IOException, InterruptedException {
        assertThat(load.postSome()).isEqualTo("200");
        for (String path : List.of(
                "/health/live",
                "/health/ready?writes=true",
                "/api/topics",
                "/api/topics/in",
                "/api/messages?topic=big&from=0&limit=1",
                "/api/messages?topic=in&limit=1",
                "/api/messages?topic=big&from=0")) {
            assertThat(load.answer(path).statusCode()).as(path).isEqualTo(200);
        }
        load.callsOfLoad();
        load.callsOfNewConnection();
    }
}
