package io.lignum.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.server.TestNode;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;

/**
 * A node with a file system without a free byte, over HTTP: it reads, starts, refuses, trims and
 * deletes.
 */
@NeedsRoot
class FullFileSystemTest {

    private static final int DISK_MIB = 24;
    private static final String MESSAGE = "x".repeat(900_000);

    @TempDir
    private Path directory;

    @Test
    void nothingFree_readsStartsRefusesAndMakesSpaceByTrimAndDeletion() throws IOException {
        try (SmallDisk disk = new SmallDisk(directory.resolve("small"), DISK_MIB)) {
            try (TestNode node = start(disk)) {
                for (int i = 0; i < 6; i++) {
                    assertThat(send(node, "trimmed").statusCode()).isEqualTo(200);
                    assertThat(send(node, "deleted").statusCode()).isEqualTo(200);
                }
                fill(disk);
                assertReadsAndRefuses(node);
            }
            fill(disk);
            try (TestNode node = start(disk)) {
                assertReadsAndRefuses(node);
                fill(disk);
                assertThat(node.call("DELETE", "/api/topics/trimmed/messages?before=4", null)
                                .statusCode())
                        .isEqualTo(200);
                assertWritable(node);
                fill(disk);
                assertThat(send(node, "trimmed").statusCode()).isEqualTo(507);
                assertThat(node.call("DELETE", "/api/topics/deleted", null).statusCode())
                        .isEqualTo(200);
                assertWritable(node);
            }
        }
    }

    private static TestNode start(SmallDisk disk) {
        return TestNode.start(
                disk.directory().resolve("data"),
                "storage.reserve-bytes",
                "65536",
                "message.initial-size-per-topic",
                "2");
    }

    /** What was cut off or waited to be written may free a few pages a moment later. */
    private static void fill(SmallDisk disk) throws IOException {
        disk.fillMore();
        assertThat(disk.freeBytes()).isZero();
    }

    private static HttpResponse<String> send(TestNode node, String topic) {
        return node.post(
                "/api/message", "{\"topic\":\"" + topic + "\",\"message\":\"" + MESSAGE + "\"}");
    }

    private static void assertReadsAndRefuses(TestNode node) {
        HttpResponse<String> refused = send(node, "trimmed");
        assertThat(refused.statusCode()).as(refused.body()).isEqualTo(507);
        assertThat(refused.body()).contains("STORAGE_FULL", "NOT_APPLIED");
        assertThat(node.get("/api/message?topic=deleted&from=5&to=6").body()).contains(MESSAGE);
        assertThat(node.get("/health/live").statusCode()).isEqualTo(200);
        assertThat(node.get("/health/ready?writes=true").statusCode()).isEqualTo(503);
        assertThat(node.get("/metrics").statusCode()).isEqualTo(200);
    }

    private static void assertWritable(TestNode node) {
        Awaitility.await("space for a message")
                .untilAsserted(
                        () -> assertThat(send(node, "trimmed").statusCode()).isEqualTo(200));
    }
}
