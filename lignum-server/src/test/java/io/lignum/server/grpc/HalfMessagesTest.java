package io.lignum.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.server.TestNode;
import io.lignum.server.service.LogService;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Messages that start and never end: counted from their first byte, and ended in time. */
class HalfMessagesTest {

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"lignum.v1.LignumLog/Append", "lignum.v1.LignumLog/Produce"})
    void halfMessage_isEndedInTimeAndHoldsNothingAfterwards(String method) throws IOException {
        try (TestNode node = TestNode.start(directory, "limits.slow-client-timeout-in-ms", "300")) {
            try (HalfMessage half = new HalfMessage(node.node().grpcPort(), method, 400_000)) {
                half.awaitEnd();
            }
            assertNothingHeld(node.node().service());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"lignum.v1.LignumLog/Append", "lignum.v1.LignumLog/Produce"})
    void halfMessagesBeyondTheLimit_areRefusedWhileTheyArrive(String method) throws IOException {
        try (TestNode node = TestNode.start(
                directory,
                "limits.slow-client-timeout-in-ms",
                "60000",
                "limits.message-max-bytes",
                "100000",
                "limits.batch-max-bytes",
                "1000000",
                "limits.request-max-bytes",
                "1000000",
                "limits.max-bytes-in-flight",
                "1000000")) {
            LogService service = node.node().service();
            int port = node.node().grpcPort();
            List<CompletableFuture<Void>> ends = new ArrayList<>();
            try (HalfMessage first = new HalfMessage(port, method, 800_000);
                    HalfMessage second = new HalfMessage(port, method, 800_000)) {
                ends.add(sendRest(first));
                ends.add(sendRest(second));
                Awaitility.await().until(() -> service.admission().memoryInUse() >= 800_000);

                for (int i = 0; i < 6; i++) {
                    try (HalfMessage more = new HalfMessage(port, method, 800_000)) {
                        more.awaitEnd();
                    }
                    assertThat(service.admission().memoryInUse()).isBetween(800_000L, 1_000_000L);
                }
                assertThat(ends).noneMatch(CompletableFuture::isDone);
            }
            assertNothingHeld(service);
        }
    }

    /** Its end is an exception, since the test closes the socket. */
    private static CompletableFuture<Void> sendRest(HalfMessage half) {
        return CompletableFuture.runAsync(() -> {
            try {
                half.awaitEnd();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    private static void assertNothingHeld(LogService service) {
        Awaitility.await()
                .until(() -> service.admission().memoryInUse() == 0
                        && service.admission().requestsInFlight() == 0
                        && service.admission().openStreams() == 0);
    }
}
