package io.lignum.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lignum.client.LignumClient;

import org.junit.jupiter.api.Test;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** What a cluster is besides its faults. */
class TestClusterTest {

    @Test
    void httpListeners_areReal() throws Exception {
        try (LignumTestCluster cluster = LignumTestCluster.start(2)) {
            URI uri = cluster.followers().get(0).httpUri().resolve("/ping");
            HttpResponse<String> answer = HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(uri)
                                    .timeout(Duration.ofMinutes(1))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
            assertThat(answer.body()).isEqualTo("PONG");
        }
    }

    @Test
    void clustersInParallel_knowNothingOfEachOther() {
        List<CompletableFuture<Void>> stories = List.of(story(10), story(20), story(30));
        stories.forEach(CompletableFuture::join);
    }

    private static CompletableFuture<Void> story(int count) {
        return CompletableFuture.runAsync(
                () -> {
                    try (LignumTestCluster cluster = LignumTestCluster.start(2);
                            LignumClient client = cluster.connect();
                            Orders orders = Orders.to(client, "orders")) {
                        orders.send(count);
                        orders.awaitAcknowledged();
                        TestNode follower = cluster.followers().get(0);
                        follower.kill();
                        follower.restart();
                        cluster.awaitInSync();
                        orders.assertExactlyOnceOn(follower);
                    }
                },
                task -> new Thread(task, "story").start());
    }

    @Test
    void settings_areThoseOfTheConfiguration() {
        try (LignumTestCluster cluster = LignumTestCluster.builder()
                .nodes(1)
                .setting("limits.max-topics", "7")
                .start()) {
            assertThat(cluster.leader().server().service().limits().maxTopics()).isEqualTo(7);
        }
        assertThatThrownBy(() -> LignumTestCluster.builder()
                        .setting("limits.max-topic", "7")
                        .start())
                .hasMessageContaining("limits.max-topics");
    }

    @Test
    void nodeThatIsDown_saysSo() {
        try (LignumTestCluster cluster = LignumTestCluster.builder()
                .nodes(1)
                .patience(Duration.ofSeconds(20))
                .start()) {
            TestNode node = cluster.node(1);
            node.kill();
            node.kill();
            assertThat(node.isRunning()).isFalse();
            assertThatThrownBy(() -> node.log("orders")).hasMessage("node-1 is down");
            assertThatThrownBy(cluster::leader)
                    .hasMessageContaining("no leader within PT20S: [node-1 down]");
        }
    }
}
