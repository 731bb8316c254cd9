package io.lignum.bench.work;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A standalone node as a user starts it: the jar, with free ports. */
public final class StandaloneNode implements AutoCloseable {

    private static final Pattern PORTS =
            Pattern.compile("HTTP on port (\\d+), gRPC on port (\\d+)");

    private final ServerProcess process;
    private final int httpPort;
    private final int grpcPort;

    private StandaloneNode(ServerProcess process, Matcher ports) {
        this.process = process;
        httpPort = Integer.parseInt(ports.group(1));
        grpcPort = Integer.parseInt(ports.group(2));
    }

    /** Returns when the node reports that it is ready. */
    public static StandaloneNode start(WorkSettings settings, Path data, String... flags)
            throws IOException {
        return start(settings, data, List.of(), flags);
    }

    /**
     * The same with other settings than the default ones.
     *
     * @param keys as flags of the command line: {@code --tls.mode=required}
     * @param flags of the JVM
     */
    public static StandaloneNode start(
            WorkSettings settings, Path data, List<String> keys, String... flags)
            throws IOException {
        List<String> options = new ArrayList<>(List.of(flags));
        String recording = System.getProperty("lignum.bench.node.jfr");
        if (recording != null) {
            options.add("-XX:StartFlightRecording=settings=profile,filename=" + recording);
        }
        List<String> command = NodeCommand.of(settings, "jar", options);
        command.addAll(List.of(
                "serve",
                "--server.host=127.0.0.1",
                "--server.port=0",
                "--server.grpc-port=0",
                "--message.data-dir=" + data));
        command.addAll(keys);
        ServerProcess process =
                ServerProcess.start(command, settings.directory().resolve("node.log"));
        try {
            return new StandaloneNode(process, process.await(() -> {
                Matcher ports = PORTS.matcher(process.said());
                return ports.find() ? Optional.of(ports) : Optional.empty();
            }));
        } catch (IOException e) {
            process.close();
            throw e;
        }
    }

    /** The java command of this JVM. */
    public static String java() {
        return ProcessHandle.current().info().command().orElse("java");
    }

    int httpPort() {
        return httpPort;
    }

    public int grpcPort() {
        return grpcPort;
    }

    public ServerProcess process() {
        return process;
    }

    /** Seconds from the start of the process until it reported that it is ready. */
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
        return Sample.of(process.secondsSinceStart());
    }

    double residentMebibytes() throws IOException {
        return process.residentMebibytes();
    }

    /** CPU time so far. */
    double cpuSeconds() {
        return process.cpuSeconds();
    }

    @Override
    public void close() throws IOException {
        process.close();
    }
}
