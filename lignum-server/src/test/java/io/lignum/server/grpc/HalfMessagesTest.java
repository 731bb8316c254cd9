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
            // It returns when the server has ended the call, and throws when nothing comes for 10
            // s.
            HalfMessages.send(node.node().grpcPort(), method, 400_000);
            assertNothingHeld(node.node().service());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"lignum.v1.LignumLog/Append", "lignum.v1.LignumLog/Produce"})
    void halfMessagesBeyondTheLimit_areRefusedWhileTheyArrive(String method) {
        try (TestNode node = TestNode.start(
                directory,
                "limits.slow-client-timeout-in-ms",
                "1500",
                "limits.message-max-bytes",
                "100000",
                "limits.batch-max-bytes",
                "1000000",
                "limits.request-max-bytes",
                "1000000",
                "limits.max-bytes-in-flight",
                "1000000")) {
            LogService service = node.node().service();
            List<CompletableFuture<Void>> clients = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                clients.add(CompletableFuture.runAsync(() -> {
                    try {
                        HalfMessages.send(node.node().grpcPort(), method, 800_000);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                }));
            }
            Awaitility.await().until(() -> service.admission().memoryInUse() > 300_000);
            assertThat(service.admission().memoryInUse()).isLessThanOrEqualTo(1_000_000);
            clients.forEach(CompletableFuture::join);
            assertNothingHeld(service);
        }
    }

    private static void assertNothingHeld(LogService service) {
        Awaitility.await()
                .until(() -> service.admission().memoryInUse() == 0
                        && service.admission().requestsInFlight() == 0
                        && service.admission().openStreams() == 0);
    }
}
