package io.lignum.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.server.TestNode;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;

class HealthTest {

    @TempDir
    Path directory;

    @Test
    void nodeWhoseThreadsMove_isLive() {
        try (TestNode node = TestNode.start(directory)) {
            HttpResponse<String> answer = node.get("/health/live");
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.body()).isEqualTo("{\"status\":\"live\"}");
        }
    }

    @Test
    void nodeWithAThreadThatStandsStill_isNotLiveAndSaysWhich() {
        try (TestNode node = TestNode.start(directory)) {
            node.node().service().liveness().watchWith(() -> List.of("The loop stands still"));
            HttpResponse<String> answer = node.get("/health/live");
            assertThat(answer.statusCode()).isEqualTo(503);
            assertThat(answer.body())
                    .isEqualTo(
                            "{\"status\":\"not live\",\"problems\":[\"The loop stands still\"]}");
        }
    }
}
