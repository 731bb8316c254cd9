package io.lignum.server.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import io.lignum.cluster.testing.FreePorts;
import io.lignum.cluster.testing.Place;

import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A node of a cluster: the real jar as a process, with the same directory and ports at every start.
 */
public final class NodeProcess {

    private static final Path JAR = Path.of("target/lignum.jar").toAbsolutePath();
    private static final String DATA_DIR = "message.data-dir";
    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(40);

    /** Heap of every node, so that campaigns can run on small machines. */
    private static final String HEAP = System.getProperty("lignum.node.heap", "256m");

    /** Limit of open files of a node; empty: that of this process. */
    private static final String FILES = System.getProperty("lignum.node.files", "");

    private static final ObjectMapper JSON = new ObjectMapper();

    private final String id;
    private final Place place;
    private final Path directory;
    private final List<String> settings;
    private final int httpPort;
    private final int grpcPort;
    private final int internalPort;
    private final Map<String, String> environment = new HashMap<>();
    private @Nullable Process process;
    private int runs;
    private TestLogins access = TestLogins.PLAIN;

    /** Settings are key, value, key, value ... */
    NodeProcess(String id, Place place, Path directory, List<String> settings) {
        this.id = id;
        this.place = place;
        this.directory = directory;
        this.settings = settings;
        httpPort = FreePorts.next();
        grpcPort = FreePorts.next();
        internalPort = FreePorts.next();
    }

    /** A node without a cluster, not started. Settings are key, value, key, value ... */
    public static NodeProcess alone(Path directory, String... settings) {
        return new NodeProcess("alone", Place.LOOPBACK, directory, List.of(settings));
    }

    private NodeProcess(NodeProcess same, List<String> settings) {
        this.id = same.id;
        this.place = same.place;
        this.directory = same.directory;
        this.settings = settings;
        httpPort = same.httpPort;
        grpcPort = same.grpcPort;
        internalPort = same.internalPort;
    }

    /** A standalone node on the same directory and ports. */
    NodeProcess standalone() {
        return new NodeProcess(this, List.of());
    }

    /** The limits of each node, for messages. */
    public static String limits() {
        return "heap " + HEAP + (FILES.isEmpty() ? "" : ", " + FILES + " files");
    }

    public String id() {
        return id;
    }

    public int httpPort() {
        return httpPort;
    }

    public int grpcPort() {
        return grpcPort;
    }

    /** The address of its gRPC listener. */
    public String address() {
        return place.address() + ":" + grpcPort;
    }

    int internalPort() {
        return internalPort;
    }

    public Place place() {
        return place;
    }

    /** From now on this test calls the node so; at first without TLS and a login. */
    public void access(TestLogins newAccess) {
        access = newAccess;
    }

    TestLogins access() {
        return access;
    }

    /** Environment variables of processes launched from now on. */
    public void environment(Map<String, String> more) {
        environment.putAll(more);
    }

    public Path dataDirectory() {
        int named = settings.indexOf(DATA_DIR);
        return named < 0 ? directory.resolve("data") : Path.of(settings.get(named + 1));
    }

    /** Deletes its data; the node must not run. */
    public void deleteData() {
        try (Stream<Path> files = Files.walk(dataDirectory())) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts it without waiting; {@code more} are settings for this run only. */
    public void launch(String... more) {
        List<String> command = new ArrayList<>();
        if (!FILES.isEmpty()) {
            command.addAll(List.of("bash", "-c", "ulimit -n " + FILES + " && exec \"$@\"", "bash"));
        }
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + HEAP,
                "-XX:TieredStopAtLevel=1", // On two cores the better compiler costs more than it
                // gives.
                "-jar",
                JAR.toString(),
                "serve"));
        List<String> all = new ArrayList<>(List.of(
                "server.host",
                place.address(),
                "server.port",
                Integer.toString(httpPort),
                "server.grpc-port",
                Integer.toString(grpcPort),
                "replication.wal-replication-port",
                Integer.toString(internalPort),
                DATA_DIR,
                dataDirectory().toString(),
                "node.id",
                id));
        all.addAll(settings);
        all.addAll(List.of(more));
        for (int i = 0; i < all.size(); i += 2) {
            command.add("--" + all.get(i));
            command.add(all.get(i + 1));
        }
        try {
            Files.createDirectories(directory);
            ProcessBuilder builder = new ProcessBuilder(place.command(command))
                    .directory(directory.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(log(++runs).toFile());
            builder.environment().putAll(environment);
            process = builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path log(int run) {
        return directory.resolve("out-" + run + ".log");
    }

    /** The log of the current or last process. */
    String log() {
        try {
            return Files.readString(log(runs));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public void awaitReady() {
        Awaitility.await(id + " is ready, see " + log(runs))
                .atMost(JarCluster.TIMEOUT)
                .failFast(id + " ended, see " + log(runs), () -> !isAlive())
                .until(() -> log().contains("Ready: "));
    }

    public boolean isAlive() {
        Process running = process;
        return running != null && running.isAlive();
    }

    /** Sends SIGKILL, and waits for the end; also for a paused process. */
    public void kill() {
        Process running = process;
        if (running != null) {
            running.destroyForcibly().onExit().join();
        }
    }

    /** Sends SIGTERM, and waits for the end. */
    public int terminate() {
        Process running = running();
        running.destroy();
        return running.onExit().join().exitValue();
    }

    /** Waits until it ends by itself. */
    public int awaitEnd() {
        Process running = running();
        Awaitility.await(id + " ends, see " + log(runs))
                .atMost(JarCluster.TIMEOUT)
                .until(() -> !running.isAlive());
        return running.exitValue();
    }

    public void pause() {
        signal("STOP");
    }

    public void resume() {
        signal("CONT");
    }

    private void signal(String name) {
        try {
            int code = new ProcessBuilder(
                            "kill", "-" + name, Long.toString(running().pid()))
                    .start()
                    .waitFor();
            if (code != 0) {
                throw new IllegalStateException("kill -" + name + " ends with " + code);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The process id of the current or last process. */
    public long pid() {
        return running().pid();
    }

    private Process running() {
        Process running = process;
        if (running == null) {
            throw new IllegalStateException(id + " was never started");
        }
        return running;
    }

    HttpResponse<String> call(String method, String path, String body) {
        return call(method, path, body, ANSWER_TIMEOUT);
    }

    private HttpResponse<String> call(String method, String path, String body, Duration timeout) {
        return access.call(method, place.address() + ":" + httpPort, path, body, timeout);
    }

    /** Returns the response of a GET that must succeed. */
    public JsonNode get(String path) {
        return get(path, ANSWER_TIMEOUT);
    }

    /** The same within a time limit. */
    public JsonNode get(String path, Duration timeout) {
        try {
            return JSON.readTree(text(path, timeout));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the text of a GET that must succeed. */
    String text(String path) {
        return text(path, ANSWER_TIMEOUT);
    }

    private String text(String path, Duration timeout) {
        HttpResponse<String> answer = call("GET", path, "", timeout);
        if (answer.statusCode() != 200) {
            throw new IllegalStateException(
                    id + " answers " + path + " with " + answer.statusCode() + answer.body());
        }
        return answer.body();
    }

    /** All texts of a topic that this node returns. */
    public List<String> readAll(String topic) {
        List<String> texts = new ArrayList<>();
        JsonNode messages;
        do {
            messages = get("/api/message?topic=" + topic + "&from=" + texts.size()
                            + "&to=9223372036854775807")
                    .get("messages");
            messages.forEach(message -> texts.add(message.get("Data").asText()));
        } while (!messages.isEmpty());
        return texts;
    }

    /** The number of messages of a topic at this node; 0 also if the topic is unknown. */
    public long end(String topic) {
        for (JsonNode one : get("/api/topics")) {
            if (one.get("name").asText().equals(topic)) {
                return one.get("message_count").asLong();
            }
        }
        return 0;
    }

    @Override
    public String toString() {
        return id;
    }
}
