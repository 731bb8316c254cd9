package io.lignum.bench.cluster;

import io.lignum.bench.work.NodeCommand;
import io.lignum.bench.work.Ports;
import io.lignum.bench.work.Scratch;
import io.lignum.bench.work.ServerProcess;
import io.lignum.bench.work.WorkSettings;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A node of a cluster: the real jar with default settings, in a process that can be ended and
 * restarted with the same ports and data. Used by one thread.
 */
public final class JarClusterNode {

    private static final String READY = "gRPC on port";

    private final WorkSettings settings;
    private final String id;
    private final int consulPort;
    private final int httpPort;
    private final int grpcPort;
    private final int internalPort;
    private @Nullable ServerProcess process;
    private boolean paused;
    private int runs;

    JarClusterNode(WorkSettings settings, String id, int consulPort) throws IOException {
        this.settings = settings;
        this.id = id;
        this.consulPort = consulPort;
        httpPort = Ports.lasting();
        grpcPort = Ports.lasting();
        internalPort = Ports.lasting();
    }

    /** Starts the process without waiting for it. */
    public void launch() throws IOException {
        paused = false;
        process = ServerProcess.start(
                command(), settings.directory().resolve(id + "-" + ++runs + ".log"));
    }

    private List<String> command() throws IOException {
        String heap = settings.text("heap");
        List<String> options = new ArrayList<>(List.of("-Xms" + heap, "-Xmx" + heap));
        String recording = System.getProperty("lignum.bench.node.jfr");
        if (recording != null) {
            options.add("-XX:StartFlightRecording=settings=profile,filename="
                    + recording.replaceFirst("\\.jfr$", "-" + id + "-" + runs + ".jfr"));
        }
        List<String> command = NodeCommand.of(settings, "archive", options);
        command.addAll(List.of(
                "serve",
                "--server.host=127.0.0.1",
                "--server.port=" + httpPort,
                "--server.grpc-port=" + grpcPort,
                "--replication.wal-replication-port=" + internalPort,
                "--message.data-dir=" + data(),
                "--node.id=" + id,
                "--node.advertised-host=127.0.0.1",
                "--consul.host=127.0.0.1",
                "--consul.port=" + consulPort));
        return command;
    }

    /** Waits until it listens; it may not be in sync yet. */
    public void awaitListening() throws IOException {
        ServerProcess started = process();
        started.await(() -> Optional.of(READY).filter(text -> isSaid(started, text)));
    }

    private static boolean isSaid(ServerProcess process, String text) {
        try {
            return process.said().contains(text);
        } catch (IOException e) {
            return false;
        }
    }

    /** Sends SIGSTOP: the process keeps its state but does not run. */
    public void pause() throws IOException, InterruptedException {
        paused = true;
        process().signal("STOP");
    }

    public void resume() throws IOException, InterruptedException {
        process().signal("CONT");
        paused = false;
    }

    /** Deletes its data; the node must not run. */
    public void deleteData() throws IOException {
        Scratch.delete(data());
    }

    private Path data() {
        return settings.directory().resolve(id);
    }

    /** The process that was launched last. */
    public ServerProcess process() {
        if (process == null) {
            throw new IllegalStateException(id + " was not launched");
        }
        return process;
    }

    boolean isLaunched() {
        return process != null;
    }

    /** Whether the node can answer. */
    boolean isUp() {
        return process != null && process.isAlive() && !paused;
    }

    public String id() {
        return id;
    }

    /** {@code host:port} of the gRPC listener. */
    public String address() {
        return "127.0.0.1:" + grpcPort;
    }

    int httpPort() {
        return httpPort;
    }
}
