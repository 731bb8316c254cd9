package io.lignum.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.client.LignumClient;
import io.lignum.server.LignumNode;
import io.lignum.server.config.ServerConfig;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A topic is deleted while readers of every kind wait in it: each gets UNKNOWN_TOPIC. */
class DeletedTopicTest {

    private static final int ANSWER_SECONDS = 20; // less than any wait that the readers ask for

    @TempDir
    private Path directory;

    @Test
    void waitingReaders_ofAStandaloneNode_getUnknownTopic() throws Exception {
        try (LignumNode node = LignumNode.start(ServerConfig.embedded(directory))) {
            assertEndedByDeletion(node, node);
        }
    }

    @Test
    void waitingReaders_ofALeader_getUnknownTopic() throws Exception {
        try (TestCluster cluster = TestCluster.of(directory, 2)) {
            assertEndedByDeletion(cluster.leader(), cluster.leader());
        }
    }

    @Test
    void waitingReaders_ofAFollower_getUnknownTopic() throws Exception {
        try (TestCluster cluster = TestCluster.of(directory, 2)) {
            assertEndedByDeletion(cluster.follower(), cluster.leader());
        }
    }

    /** The name may be used again before a reader is answered. */
    @Test
    void waitingReaders_ofATopicCreatedAgainAtOnce_getUnknownTopic() throws Exception {
        try (TestCluster cluster = TestCluster.of(directory, 2)) {
            Map<WaitingReader, CompletableFuture<String>> answers =
                    start(cluster.follower(), cluster.leader());
            delete(cluster.leader());
            TestCluster.post(cluster.leader(), "/api/message", message("again"));
            assertUnknownTopic(answers);
        }
    }

    private static void assertEndedByDeletion(LignumNode node, LignumNode leader) throws Exception {
        Map<WaitingReader, CompletableFuture<String>> answers = start(node, leader);
        delete(leader);
        assertUnknownTopic(answers);
        Awaitility.await().untilAsserted(() -> {
            assertThat(node.service().waitingReads()).isZero();
            assertThat(node.service().admission().openStreams()).isZero();
        });
    }

    private static void assertUnknownTopic(Map<WaitingReader, CompletableFuture<String>> answers)
            throws Exception {
        Map<WaitingReader, String> found = new EnumMap<>(WaitingReader.class);
        Map<WaitingReader, String> expected = new EnumMap<>(WaitingReader.class);
        for (var answer : answers.entrySet()) {
            found.put(answer.getKey(), answer.getValue().get(ANSWER_SECONDS, TimeUnit.SECONDS));
            expected.put(answer.getKey(), WaitingReader.UNKNOWN_TOPIC);
        }
        assertThat(found).isEqualTo(expected);
    }

    private static String message(String text) {
        return "{\"topic\":\"t\",\"message\":\"" + text + "\"}";
    }

    /** A client may use another node of the cluster than the given one. */
    private static long waiting(LignumNode node, LignumNode leader) {
        long there = node == leader ? 0 : leader.service().waitingReads();
        return node.service().waitingReads() + there;
    }

    /** Starts all readers after the only message, at this node. */
    private static Map<WaitingReader, CompletableFuture<String>> start(
            LignumNode node, LignumNode leader) {
        assertThat(TestCluster.post(leader, "/api/message", message("first")).statusCode())
                .isEqualTo(200);
        Awaitility.await()
                .atMost(TestCluster.TIMEOUT)
                .until(() -> node.session().topics().list().stream()
                        .anyMatch(one -> one.readableEnd() == 1));
        Map<WaitingReader, CompletableFuture<String>> answers = new EnumMap<>(WaitingReader.class);
        for (WaitingReader reader : WaitingReader.values()) {
            answers.put(reader, reader.start(node));
        }
        Awaitility.await("all readers wait")
                .atMost(TestCluster.TIMEOUT)
                .until(() -> waiting(node, leader) == answers.size());
        return answers;
    }

    private static void delete(LignumNode leader) throws Exception {
        try (LignumClient client = LignumClient.connect("127.0.0.1:" + leader.grpcPort())) {
            client.topics().delete("t").get(ANSWER_SECONDS, TimeUnit.SECONDS);
        }
    }
}
