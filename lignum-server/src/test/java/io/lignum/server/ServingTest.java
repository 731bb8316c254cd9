package io.lignum.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.server.config.ConfigLoader;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A failing process ends with an exit code that says why. Each test is a process. */
@Timeout(120)
class ServingTest {

    @TempDir
    Path directory;

    private Path log = Path.of("");

    @Test
    void errorAtTheTopOfAnyThread_endsTheProcessWithCode4() throws Exception {
        assertThat(run(ErrorInAThread.class)).isEqualTo(ExitCode.FAILED);
        assertThat(log).content().contains("planted").contains("Stopping with exit code 4");
    }

    @Test
    void stopThatHangs_endsWithCode4AndSaysWhere() throws Exception {
        assertThat(run(HangingStop.class)).isEqualTo(ExitCode.FAILED);
        assertThat(log).content().contains("did not stop within").contains("hangForEver");
    }

    private int run(Class<?> main) throws IOException, InterruptedException {
        log = directory.resolve("log");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName(),
                Files.createDirectory(directory.resolve("data")).toString()));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            assertThat(process.waitFor(100, TimeUnit.SECONDS)).as("it ends").isTrue();
            return process.exitValue();
        } finally {
            process.destroyForcibly();
        }
    }

    /** A node in whose process a thread ends by an Error, such as out of memory. */
    static final class ErrorInAThread {

        private ErrorInAThread() {}

        public static void main(String[] args) {
            Thread thread = new Thread(() -> {
                throw new OutOfMemoryError("planted");
            });
            Runtime.getRuntime().addShutdownHook(new Thread(() -> System.out.println("hooks ran")));
            new Thread(() -> awaitHandlerAndStart(thread)).start();
            System.exit(Serving.run(new ConfigLoader()
                    .set("server.host", "127.0.0.1")
                    .set("server.port", "0")
                    .set("server.grpc-port", "0")
                    .set("message.data-dir", args[0])
                    .load()));
        }

        private static void awaitHandlerAndStart(Thread failing) {
            while (Thread.getDefaultUncaughtExceptionHandler() == null) {
                Thread.onSpinWait();
            }
            failing.start();
        }
    }

    /** A process whose shutdown hook never ends. */
    static final class HangingStop {

        private HangingStop() {}

        public static void main(String[] args) {
            StopDeadline deadline = StopDeadline.arm(Duration.ofMillis(200));
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                deadline.begin();
                hangForEver();
            }));
            System.exit(ExitCode.OK);
        }

        private static void hangForEver() {
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
