package io.lignum.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lignum.server.TestNode;
import io.lignum.storage.env.Disk;
import io.lignum.storage.env.NioDisk;
import io.lignum.storage.env.TooManyOpenFilesException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

/** The deletion of a topic that a shortage of file handles delays. */
class TopicBeingDeletedTest {

    private static final Duration TIMEOUT = Duration.ofMinutes(1);
    private static final String MESSAGE = "{\"topic\":\"t\",\"message\":\"again\"}";

    @TempDir
    Path directory;

    private final AtomicBoolean handlesShort = new AtomicBoolean();

    @Test
    void messageToItAndItsCreation_areRefusedForNow_andAMessageCreatesItAgainLater() {
        try (TestNode node = TestNode.start(directory, disk())) {
            assertThat(node.post("/api/message", MESSAGE).statusCode()).isEqualTo(200);
            handlesShort.set(true);
            HttpResponse<String> deletion = node.call("DELETE", "/api/topics/t", null);
            assertThat(deletion.body()).contains("OVERLOADED", "UNKNOWN", "later");
            HttpResponse<String> message = node.post("/api/message", MESSAGE);
            assertThat(message.statusCode()).isEqualTo(429);
            assertThat(message.body()).contains("OVERLOADED", "NOT_APPLIED", "is being deleted");
            HttpResponse<String> creation = node.call("PUT", "/api/topics/t", null);
            assertThat(creation.statusCode()).isEqualTo(429);
            assertThat(creation.body()).contains("OVERLOADED", "NOT_APPLIED", "is being deleted");
            handlesShort.set(false);
            await().atMost(TIMEOUT)
                    .until(() -> node.post("/api/message", MESSAGE).statusCode() == 200);
            assertThat(node.get("/api/topics/t").body()).contains("\"message_count\":1");
        }
    }

    /** The removal of a topic from the data directory cannot be made durable without a handle. */
    private Disk disk() {
        Disk real = new NioDisk();
        return (Disk) Proxy.newProxyInstance(
                Disk.class.getClassLoader(),
                new Class<?>[] {Disk.class},
                (proxy, method, given) -> {
                    if (handlesShort.get()
                            && method.getName().equals("forceDirectory")
                            && given[0].equals(directory)) {
                        throw new TooManyOpenFilesException("no file handle is free, in a test");
                    }
                    try {
                        return method.invoke(real, given);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
