package io.lignum.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lignum.cluster.NotLeaderPolicy;
import io.lignum.record.LogRecord;
import io.lignum.server.config.ConfigLoader;
import io.lignum.server.config.ServerConfig;
import io.lignum.server.service.ErrorCode;
import io.lignum.server.service.ReadQuery;
import io.lignum.server.service.ServiceException;
import io.lignum.storage.StorageException;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;

class LignumNodeTest {

    @TempDir
    Path directory;

    @Test
    void embeddedNode_servesAndKeepsItsData() {
        Path data = directory.resolve("data");
        try (LignumNode node = LignumNode.start(ServerConfig.embedded(data))) {
            node.session()
                    .produce("t", LogRecord.of("one"), NotLeaderPolicy.FORWARD)
                    .join();
            assertThat(node.service().isReady()).isTrue();
        }
        try (LignumNode node = LignumNode.start(ServerConfig.embedded(data))) {
            var page = node.session().read(ReadQuery.from("t", 0));
            assertThat(page.records())
                    .singleElement()
                    .satisfies(record -> assertThat(record.text()).isEqualTo("one"));
            assertThat(node.httpPort()).isPositive();
            assertThat(node.grpcPort()).isPositive().isNotEqualTo(node.httpPort());
        }
    }

    @Test
    void closedNode_letsGoOfItsPort() {
        TestNode node = TestNode.start(directory);
        node.close();
        node.close();
        assertThatThrownBy(() -> node.get("/ping")).isInstanceOf(UncheckedIOException.class);
    }

    @Test
    void portTaken_isReported_andTheDirectoryIsFree() {
        try (TestNode first = TestNode.start(directory.resolve("a"))) {
            ConfigLoader loader = new ConfigLoader()
                    .set("server.host", "127.0.0.1")
                    .set("server.port", Integer.toString(first.node().httpPort()))
                    .set("server.grpc-port", "0")
                    .set("message.data-dir", directory.resolve("b").toString());
            assertThatThrownBy(() -> LignumNode.start(loader.load()))
                    .isInstanceOf(NodeStartException.class)
                    .hasMessageContaining("server.port " + first.node().httpPort());
        }
        TestNode.start(directory.resolve("b")).close();
    }

    @Test
    void directoryInUse_isReported_andTheFirstNodeContinues() {
        try (TestNode first = TestNode.start(directory)) {
            assertThatThrownBy(() -> TestNode.start(directory))
                    .isInstanceOf(StorageException.DirectoryLocked.class);
            assertThat(first.get("/health/ready").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void dataDirectoryThatCannotBeOne_isRefusedWithTheReason() throws IOException {
        Path file = Files.createFile(directory.resolve("file"));
        assertThatThrownBy(() -> TestNode.start(file))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("a file");
        Path link = Files.createSymbolicLink(directory.resolve("link"), Path.of("/not/there"));
        assertThatThrownBy(() -> TestNode.start(link))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("is a link to /not/there");
        assertThatThrownBy(() -> TestNode.start(file.resolve("below")))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("irectory");
    }

    @Test
    void foreignDirectory_isRefusedUntouched() throws IOException {
        Path foreign = Files.writeString(directory.resolve("messages.dat"), "of another program");
        assertThatThrownBy(() -> TestNode.start(directory))
                .isInstanceOf(StorageException.ForeignDirectory.class);
        assertThat(directory).isDirectoryContaining(path -> path.equals(foreign));
        assertThat(foreign).hasContent("of another program");
    }

    @Test
    void closing_endsWaitingReadsAndStreams() {
        TestNode node = TestNode.start(directory);
        node.call("PUT", "/api/topics/t", null);
        CompletableFuture<HttpResponse<String>> poll = TestNode.client()
                .sendAsync(
                        node.request("GET", "/api/messages?topic=t&from=0&waitMs=30000", null),
                        BodyHandlers.ofString());
        CompletableFuture<HttpResponse<String>> events = TestNode.client()
                .sendAsync(
                        node.request("GET", "/api/topics/t/events", null), BodyHandlers.ofString());
        Awaitility.await().until(() -> node.node().service().waitingReads() == 2);
        node.close();
        assertThat(poll.join().statusCode()).isEqualTo(503);
        assertThat(poll.join().body()).contains("SHUTTING_DOWN");
        assertThat(events.join().statusCode()).isEqualTo(200);
    }

    @Test
    void failureThatAnObserverThrowsAt_stillReachesTheOwner() {
        InternalError bug = new InternalError("injected");
        try (TestNode node = TestNode.start(directory)) {
            node.node().service().onReadiness(ready -> {
                if (!ready) {
                    throw new IllegalStateException("an observer that throws");
                }
            });
            assertThatThrownBy(() -> node.node().service().failures().report("a test", bug))
                    .hasMessage("an observer that throws");
            assertThat(node.node().failure()).isCompletedWithValue(bug);
        }
    }

    @Test
    void callsAfterClosing_areRefused() {
        TestNode node = TestNode.start(directory);
        node.close();
        assertThat(node.node().service().isReady()).isFalse();
        assertThatThrownBy(() -> node.node().session().topics().list())
                .isInstanceOfSatisfying(
                        ServiceException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.SHUTTING_DOWN));
    }
}
