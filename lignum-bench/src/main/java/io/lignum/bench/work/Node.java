package io.lignum.bench.work;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A standalone node as a person starts it: the jar, ports of its choosing. */
final class Node implements AutoCloseable {

    private static final Pattern PORTS =
            Pattern.compile("HTTP on port (\\d+), gRPC on port (\\d+)");
    /** How often its log is looked at; the start is measured to within this. */
    private static final long LOOK_NANOS = 2_000_000;

    private static final long STOP_SECONDS = 30;

    private final Process process;
    private final int httpPort;
    private final int grpcPort;
    private final Meter sinceStart;

    private Node(Process process, Matcher ports, Meter sinceStart) {
        this.process = process;
        httpPort = Integer.parseInt(ports.group(1));
        grpcPort = Integer.parseInt(ports.group(2));
        this.sinceStart = sinceStart;
    }

    /** Returns once the node says of itself that it is ready. */
    static Node start(Settings settings, Path data, String... flags) throws IOException {
        Path log = settings.directory().resolve("node.log");
        List<String> command = new ArrayList<>();
        command.add(java());
        command.addAll(List.of(flags));
        String recording = System.getProperty("lignum.bench.node.jfr");
        if (recording != null) {
            command.add("-XX:StartFlightRecording=settings=profile,filename=" + recording);
        }
        command.addAll(List.of(
                "-jar",
                settings.text("jar"),
                "serve",
                "--server.host=127.0.0.1",
                "--server.port=0",
                "--server.grpc-port=0",
                "--message.data-dir=" + data));
        Meter meter = new Meter();
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        // The node ends with its parent, not only when it is asked to.
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
        return new Node(process, awaitPorts(process, log), meter);
    }

    /** The JVM that runs this. */
    static String java() {
        return ProcessHandle.current().info().command().orElse("java");
    }

    private static Matcher awaitPorts(Process process, Path log) throws IOException {
        while (true) {
            boolean alive = process.isAlive();
            String said = Files.readString(log);
            Matcher ports = PORTS.matcher(said);
            if (ports.find()) {
                return ports;
            }
            if (!alive) {
                throw new IOException("the node did not start:\n" + said);
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    int httpPort() {
        return httpPort;
    }

    int grpcPort() {
        return grpcPort;
    }

    /** Seconds from the start of its process until it answered that it is ready. */
    Sample ready() throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), httpPort)) {
            socket.getOutputStream()
                    .write("GET /health/ready HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
            InputStream answer = socket.getInputStream();
            String text = new String(answer.readAllBytes(), StandardCharsets.UTF_8);
            if (!text.startsWith("HTTP/1.1 200")) {
                throw new IOException("the node is not ready: " + text);
            }
        }
        return Sample.of(sinceStart.seconds().value());
    }

    /** What of its memory is resident, in MiB. */
    double residentMebibytes() throws IOException {
        Path status = Path.of("/proc", Long.toString(process.pid()), "status");
        for (String line : Files.readAllLines(status)) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("\\D", "")) / 1024.0;
            }
        }
        throw new IOException("no VmRSS in " + status);
    }

    /** CPU time it used so far. */
    double cpuSeconds() {
        return process.info().totalCpuDuration().orElseThrow().toNanos() / 1e9;
    }

    @Override
    public void close() throws IOException {
        process.destroy();
        try {
            if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IOException("the node did not stop in " + STOP_SECONDS + " s");
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
