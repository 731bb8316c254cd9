package io.lignum.server.access;

import static io.lignum.server.access.Principals.basic;
import static io.lignum.server.access.Principals.user;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.client.Credentials;
import io.lignum.client.LignumClient;
import io.lignum.cluster.NotLeaderPolicy;
import io.lignum.record.LogRecord;
import io.lignum.server.TestNode;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A node with quotas: users above theirs wait, others do not. */
class QuotaTest {

    private static final int RATE = 100_000;
    private static final String BODY = "x".repeat(RATE / 2);

    @TempDir
    Path directory;

    private TestNode node;

    @BeforeEach
    void start() {
        node = TestNode.start(
                directory,
                "security.mode",
                "on",
                "quota.produce-bytes-per-second",
                Integer.toString(RATE),
                "quota.fetch-bytes-per-second",
                Integer.toString(RATE));
        for (String name : List.of("fast", "other")) {
            user(node.node().session().security(), name, "producer", "", "consumer", "");
        }
    }

    @AfterEach
    void stop() {
        node.close();
    }

    private HttpResponse<String> append(String user) {
        return node.post("/api/topics/t/messages", BODY, "Authorization", basic(user));
    }

    private static Duration since(long startNanos) {
        return Duration.ofNanos(System.nanoTime() - startNanos);
    }

    @Test
    void appendsAboveTheQuota_areAnsweredLater_andThoseOfOthersAreNot() {
        long start = System.nanoTime();
        for (int i = 0; i < 6; i++) {
            assertThat(append("fast").statusCode()).isEqualTo(200);
        }
        // 300 kB at 100 kB a second, of which the first second is free.
        assertThat(since(start)).isGreaterThan(Duration.ofMillis(1_900));
        List<CompletableFuture<HttpResponse<String>>> waiting = sendMany("fast", 10);
        assertThat(append("other").statusCode()).isEqualTo(200);
        assertThat(waiting)
                .as("the other user does not wait for them")
                .anyMatch(one -> !one.isDone());
    }

    private List<CompletableFuture<HttpResponse<String>>> sendMany(String user, int count) {
        List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            answers.add(TestNode.client()
                    .sendAsync(
                            node.request(
                                    "POST",
                                    "/api/topics/t/messages",
                                    BODY,
                                    "Authorization",
                                    basic(user)),
                            HttpResponse.BodyHandlers.ofString()));
        }
        return answers;
    }

    @Test
    void manyAppendsAtOnce_areRefusedWithTheNameOfTheQuota() {
        append("fast"); // Logs in.
        List<HttpResponse<String>> all =
                sendMany("fast", 60).stream().map(CompletableFuture::join).toList();
        assertThat(all).filteredOn(answer -> answer.statusCode() == 200).hasSizeGreaterThan(15);
        assertThat(all)
                .filteredOn(answer -> answer.statusCode() != 200)
                .isNotEmpty()
                .allSatisfy(answer -> {
                    assertThat(answer.statusCode()).isEqualTo(429);
                    assertThat(answer.body())
                            .contains("quota.produce-bytes-per-second", "NOT_APPLIED");
                });
    }

    @Test
    void readsAboveTheQuota_startLater_alsoThoseOfSubscriptions() throws Exception {
        for (int i = 0; i < 20; i++) { // As the owner, who has no quota.
            node.node()
                    .session()
                    .produce("t", LogRecord.of(BODY), NotLeaderPolicy.FORWARD)
                    .get(20, TimeUnit.SECONDS);
        }
        long start = System.nanoTime();
        try (LignumClient client = LignumClient.builder()
                        .addresses("127.0.0.1:" + node.node().grpcPort())
                        .credentials(Credentials.password("other", Principals.PASSWORD))
                        .build();
                var consumer = client.consumer("t")
                        .fromBeginning()
                        .bufferBytes(64 << 10)
                        .open()) {
            for (int i = 0; i < 8; i++) {
                assertThat(consumer.next().offset()).isEqualTo(i);
            }
        }
        assertThat(since(start)).as("a subscription").isGreaterThan(Duration.ofSeconds(1));
        start = System.nanoTime();
        for (int i = 0; i < 5; i++) {
            String path = "/api/messages?topic=t&limit=1&from=" + i;
            assertThat(node.get(path, "Authorization", basic("fast")).statusCode())
                    .isEqualTo(200);
        }
        assertThat(since(start)).as("single reads").isGreaterThan(Duration.ofMillis(800));
    }
}
