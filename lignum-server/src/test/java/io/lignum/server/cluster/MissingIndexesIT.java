package io.lignum.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * R40: index files are derived. Nodes whose index files are deleted while many clients read build
 * them again, answer every read, and keep their copies of the topic.
 */
@Isolated("processes that need both cores")
class MissingIndexesIT {

    private static final String TOPIC = "indexed";
    private static final int SEGMENT_BYTES = 4 << 20;
    private static final int SEGMENTS = 4;
    private static final int BATCH_RECORDS = 16;
    private static final String PADDING = "x".repeat(1_000);
    private static final int RECORDS = SEGMENTS * SEGMENT_BYTES / (PADDING.length() + 20);
    private static final int READERS_PER_NODE = 4;
    private static final int MORE_READS = 200;

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path directory = Path.of("");

    @Test
    void indexFilesDeletedUnderReaders_everyReadIsRightAndEveryCopyIsKept() throws Exception {
        try (JarCluster cluster = JarCluster.of(
                directory,
                3,
                "topic.segment-max-bytes",
                Integer.toString(SEGMENT_BYTES),
                "replication.wal-sync-interval-in-sec",
                "1")) {
            fill(cluster);
            String topicId =
                    cluster.leader().get("/api/topics/" + TOPIC).get("id").asText();
            Map<String, String> before = incarnations(cluster);
            try (RangeReaders readers = new RangeReaders(
                    cluster, READERS_PER_NODE, TOPIC, RECORDS, MissingIndexesIT::text)) {
                awaitReads(cluster, readers);
                NodeProcess follower = cluster.followers().get(0);
                follower.kill();
                for (NodeProcess node : cluster.nodes()) {
                    deleteIndexes(node, topicId);
                }
                follower.launch();
                awaitReads(cluster, readers);
                cluster.awaitInSync(3);
                for (NodeProcess node : cluster.nodes()) {
                    if (node != follower) { // Its indexes are still in memory: from the disk next.
                        node.kill();
                    }
                }
                cluster.startAll();
                awaitReads(cluster, readers);
                cluster.awaitInSync(3);
                readers.check();
            }
            List<String> all =
                    IntStream.range(0, RECORDS).mapToObj(MissingIndexesIT::text).toList();
            for (NodeProcess node : cluster.nodes()) {
                assertThat(node.readAll(TOPIC)).as("at " + node).isEqualTo(all);
            }
            assertThat(incarnations(cluster)).isEqualTo(before);
            for (NodeProcess node : cluster.nodes()) {
                assertCopyKept(node, topicId);
            }
        }
    }

    private static String text(int offset) {
        return "m" + offset + PADDING;
    }

    /** One request is one batch; each node then has all of it. */
    private static void fill(JarCluster cluster) {
        NodeProcess leader = cluster.leader();
        HttpResponse<String> created =
                leader.call("PUT", "/api/topics/" + TOPIC, "{\"durability\":\"interval\"}");
        assertThat(created.statusCode()).as(created.body()).isBetween(200, 201);
        for (int from = 0; from < RECORDS; from += BATCH_RECORDS) {
            String body = IntStream.range(from, Math.min(RECORDS, from + BATCH_RECORDS))
                    .mapToObj(offset -> "\"" + text(offset) + "\"")
                    .collect(Collectors.joining(",", "[", "]"));
            HttpResponse<String> sent = leader.call("POST", "/api/messages?topic=" + TOPIC, body);
            assertThat(sent.statusCode()).as(sent.body()).isEqualTo(200);
        }
        for (NodeProcess node : cluster.nodes()) {
            Awaitility.await(node + " has the topic")
                    .atMost(JarCluster.TIMEOUT)
                    .until(() -> node.end(TOPIC) == RECORDS);
        }
    }

    /** Until each node has answered some hundred more reads. */
    private static void awaitReads(JarCluster cluster, RangeReaders readers) {
        for (NodeProcess node : cluster.nodes()) {
            long target = readers.reads(node) + MORE_READS;
            Awaitility.await("reads of " + node)
                    .atMost(JarCluster.TIMEOUT)
                    .pollInterval(Duration.ofMillis(50))
                    .until(() -> {
                        readers.check();
                        return readers.reads(node) >= target;
                    });
        }
    }

    private static Map<String, String> incarnations(JarCluster cluster) {
        Map<String, String> incarnations = new TreeMap<>();
        for (JsonNode node : cluster.leader().get("/api/cluster").get("nodes")) {
            incarnations.put(
                    node.get("node_id").asText(), node.get("incarnation").asText());
        }
        assertThat(incarnations).hasSize(3);
        return incarnations;
    }

    private static void deleteIndexes(NodeProcess node, String topicId) throws IOException {
        List<Path> indexes = files(node, topicId, ".index");
        assertThat(indexes).as("indexes of " + node).hasSizeGreaterThanOrEqualTo(SEGMENTS - 1);
        for (Path index : indexes) {
            Files.delete(index);
        }
    }

    /** No copy was set aside, no damage was logged, and the index files are back. */
    private static void assertCopyKept(NodeProcess node, String topicId) throws IOException {
        assertThat(node.dataDirectory().resolve("divergent").resolve(topicId)).doesNotExist();
        assertThat(node.log()).doesNotContain("damage").doesNotContain("CORRUPT");
        List<Path> segments = files(node, topicId, ".log");
        assertThat(segments).hasSizeGreaterThanOrEqualTo(SEGMENTS - 1);
        for (Path segment : segments) {
            String base = segment.getFileName().toString().replace(".log", "");
            assertThat(segment.resolveSibling(base + ".index")).exists();
        }
    }

    private static List<Path> files(NodeProcess node, String topicId, String suffix)
            throws IOException {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> files =
                Files.newDirectoryStream(node.dataDirectory().resolve(topicId), "*" + suffix)) {
            files.forEach(found::add);
        }
        return found;
    }
}
