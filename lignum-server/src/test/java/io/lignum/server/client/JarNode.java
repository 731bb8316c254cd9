package io.lignum.server.client;

import org.awaitility.Awaitility;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** The real jar as a process, on the same gRPC port at every start. */
final class JarNode implements AutoCloseable {

    private static final Path JAR = Path.of("target/lignum.jar").toAbsolutePath();

    private final Path directory;
    private final int port;
    private Process process;
    private int runs;

    private JarNode(Path directory) throws IOException {
        this.directory = directory;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        process = launch();
    }

    static JarNode start(Path directory) throws IOException {
        return new JarNode(directory);
    }

    String address() {
        return "127.0.0.1:" + port;
    }

    private Process launch() throws IOException {
        Path log = directory.resolve("out-" + ++runs + ".log");
        Process started = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-jar",
                        JAR.toString(),
                        "serve",
                        "--server.host",
                        "127.0.0.1",
                        "--server.port",
                        "0",
                        "--server.grpc-port",
                        Integer.toString(port)))
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .failFast("the process ended", () -> !started.isAlive())
                .until(() -> Files.readString(log).contains("Ready: "));
        return started;
    }

    /** Kills it with SIGKILL and starts it again. */
    void killAndStart() throws IOException, InterruptedException {
        process.destroyForcibly().waitFor();
        process = launch();
    }

    /** Stops it with SIGTERM and starts it again. */
    void stopAndStart() throws IOException, InterruptedException {
        process.destroy();
        process.waitFor();
        process = launch();
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }
}
