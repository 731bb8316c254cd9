package io.lignum.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lignum.server.TestNode;
import io.lignum.storage.env.Disk;
import io.lignum.storage.env.NioDisk;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

class HealthTest {

    private static final Duration TIMEOUT = Duration.ofMinutes(1);

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
    void nodeOutOfInodes_isNotReadyForWritesAndSaysWhy() {
        AtomicBoolean none = new AtomicBoolean();
        try (TestNode node = TestNode.start(directory, disk(none))) {
            assertThat(node.get("/health/ready?writes=true").statusCode()).isEqualTo(200);
            none.set(true);
            // A node probes every 10 seconds.
            await().atMost(TIMEOUT).untilAsserted(() -> assertOutOfInodes(node));
            assertThat(node.get("/health/ready").statusCode()).isEqualTo(200);
            none.set(false);
            await().untilAsserted(() -> assertThat(
                            node.get("/health/ready?writes=true").statusCode())
                    .isEqualTo(200));
        }
    }

    private static void assertOutOfInodes(TestNode node) {
        HttpResponse<String> answer = node.get("/health/ready?writes=true");
        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.body()).contains("\"writes\":false", "\"diskFull\":true", "inodes");
    }

    private static Disk disk(AtomicBoolean outOfInodes) {
        Disk real = new NioDisk();
        return (Disk) Proxy.newProxyInstance(
                Disk.class.getClassLoader(),
                new Class<?>[] {Disk.class},
                (proxy, method, given) -> {
                    if (method.getName().equals("canCreateFiles") && outOfInodes.get()) {
                        return false;
                    }
                    try {
                        return method.invoke(real, given);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
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
