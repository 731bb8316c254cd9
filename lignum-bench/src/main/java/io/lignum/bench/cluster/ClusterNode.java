package io.lignum.bench.cluster;

import io.lignum.bench.work.Node;
import io.lignum.bench.work.Ports;
import io.lignum.bench.work.Scratch;
import io.lignum.bench.work.ServerProcess;
import io.lignum.bench.work.Settings;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A node of a cluster: the real jar with default settings, in a process that can be ended and
 * started again with the ports and the data it had. Used by one thread.
 */
public final class ClusterNode {

    private static final String READY = "gRPC on port";

    private final Settings settings;
    private final String id;
    private final int consulPort;
    private final int httpPort;
    private final int grpcPort;
    private final int internalPort;
    private @Nullable ServerProcess process;
    private boolean paused;
    private int runs;

    ClusterNode(Settings settings, String id, int consulPort) throws IOException {
        this.settings = settings;
        this.id = id;
        this.consulPort = consulPort;
        httpPort = Ports.lasting();
        grpcPort = Ports.lasting();
        internalPort = Ports.lasting();
    }

    /** Starts its process and does not wait for it. */
    public void launch() throws IOException {
        paused = false;
        process = ServerProcess.start(
                command(), settings.directory().resolve(id + "-" + ++runs + ".log"));
    }

    private List<String> command() {
        String jar = settings.text("jar");
        List<String> command = new ArrayList<>();
        command.add(Node.java());
        String heap = settings.text("heap");
        command.addAll(List.of("-Xms" + heap, "-Xmx" + heap));
        Path archive = Path.of(jar.replaceFirst("\\.jar$", ".jsa"));
        if (Files.exists(archive)) { // As bin/lignum does: it starts sooner.
            command.addAll(
                    List.of("-XX:SharedArchiveFile=" + archive, "-Xshare:auto", "-Xlog:disable"));
        }
        String recording = System.getProperty("lignum.bench.node.jfr");
        if (recording != null) {
            command.add("-XX:StartFlightRecording=settings=profile,filename="
                    + recording.replaceFirst("\\.jfr$", "-" + id + "-" + runs + ".jfr"));
        }
        command.addAll(List.of(
                "-jar",
                jar,
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

    /** Waits until it listens, which is before it is in sync. */
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

    /** SIGSTOP: nothing of it is lost, and nothing of it moves. */
    public void pause() throws IOException, InterruptedException {
        paused = true;
        process().signal("STOP");
    }

    public void resume() throws IOException, InterruptedException {
        process().signal("CONT");
        paused = false;
    }

    /** Removes what it keeps; it must not run. */
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

    /** Whether it can answer. */
    boolean isUp() {
        return process != null && process.isAlive() && !paused;
    }

    public String id() {
        return id;
    }

    /** {@code host:port} of its gRPC listener. */
    public String address() {
        return "127.0.0.1:" + grpcPort;
    }

    int httpPort() {
        return httpPort;
    }
}
