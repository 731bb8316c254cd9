package io.lignum.server.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import io.lignum.cluster.testing.FreePorts;
import io.lignum.cluster.testing.Place;
import io.lignum.server.TestNode;

import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
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
 * A node of a cluster: the real jar in a process of its own, with the same directory and ports at
 * every start.
 */
public final class NodeProcess {

    private static final Path JAR = Path.of("target/lignum.jar").toAbsolutePath();
    private static final String DATA_DIR = "message.data-dir";
    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(40);

    /** Of every node, so that campaigns can run on machines as small as they like. */
    private static final String HEAP = System.getProperty("lignum.node.heap", "256m");

    /** How many files a node may have open; empty: as many as this process. */
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

    /** One that knows of no cluster, not yet started. Settings are key, value, key, value ... */
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

    /** Another process on the same directory and ports that knows of no cluster. */
    NodeProcess standalone() {
        return new NodeProcess(this, List.of());
    }

    /** What every node may have, for people. */
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

    /** Of its gRPC listener. */
    public String address() {
        return place.address() + ":" + grpcPort;
    }

    public Place place() {
        return place;
    }

    /** Of each process that is launched from now on. */
    public void environment(Map<String, String> more) {
        environment.putAll(more);
    }

    public Path dataDirectory() {
        int named = settings.indexOf(DATA_DIR);
        return named < 0 ? directory.resolve("data") : Path.of(settings.get(named + 1));
    }

    /** What it has kept, while it does not run. */
    public void deleteData() {
        try (Stream<Path> files = Files.walk(dataDirectory())) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts it and does not wait; {@code more} are settings for this run only. */
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

    /** What its present or last process has logged. */
    String log() {
        try {
            return Files.readString(log(runs));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public void awaitReady() {
        Awaitility.await(id + " is ready, see " + log(runs))
                .atMost(JarCluster.PATIENCE)
                .failFast(id + " ended, see " + log(runs), () -> !isAlive())
                .until(() -> log().contains("Ready: "));
    }

    public boolean isAlive() {
        Process running = process;
        return running != null && running.isAlive();
    }

    /** kill -9, and waits for the end; also of one that is paused. */
    public void kill() {
        Process running = process;
        if (running != null) {
            running.destroyForcibly().onExit().join();
        }
    }

    /** SIGTERM, and waits for the end. */
    public int terminate() {
        Process running = running();
        running.destroy();
        return running.onExit().join().exitValue();
    }

    /** Waits until it has ended by itself. */
    public int awaitEnd() {
        Process running = running();
        Awaitility.await(id + " ends, see " + log(runs))
                .atMost(JarCluster.PATIENCE)
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

    /** Of the process that runs, or ran last. */
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
        return TestNode.send(HttpRequest.newBuilder(
                        URI.create("http://" + place.address() + ":" + httpPort + path))
                .timeout(timeout)
                .method(method, BodyPublishers.ofString(body))
                .build());
    }

    /** The answer of a GET that has to succeed. */
    public JsonNode get(String path) {
        return get(path, ANSWER_TIMEOUT);
    }

    /** The same, in so much time. */
    public JsonNode get(String path, Duration timeout) {
        HttpResponse<String> answer = call("GET", path, "", timeout);
        if (answer.statusCode() != 200) {
            throw new IllegalStateException(
                    id + " answers " + path + " with " + answer.statusCode() + answer.body());
        }
        try {
            return JSON.readTree(answer.body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All texts of a topic that this node gives out. */
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

    /** How many messages of a topic this node gives out; 0 also if it does not know the topic. */
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
