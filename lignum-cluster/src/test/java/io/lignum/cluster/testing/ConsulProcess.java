package io.lignum.cluster.testing;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A real Consul in a process of its own, with a data directory: it forgets nothing at a restart,
 * and keeps its ports. Its HTTP interface is on the loopback interface, or where it was placed.
 * Either the only server of its data centre, or one of several, or an agent of such a one. One
 * thread.
 */
public final class ConsulProcess implements AutoCloseable {

    private static final Duration START_LIMIT = Duration.ofSeconds(60);

    private final Path directory;
    private final Place place;
    private final Path binary = ConsulBinary.find();
    private final int httpPort = FreePorts.next();
    private final int serverPort = FreePorts.next();
    private final int serfPort = FreePorts.next();
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(1)).build();
    private final String role;
    private final Thread atExit = new Thread(this::kill);
    private @Nullable Process process;
    private int runs;

    /** @param role members of the JSON configuration that make it a server or an agent */
    private ConsulProcess(Path directory, Place place, String role) {
        this.directory = directory;
        this.place = place;
        this.role = role;
    }

    /**
     * Starts a server on the directory, which may hold data of an earlier one, and waits until it
     * accepts writes.
     */
    public static ConsulProcess start(Path directory) {
        return start(directory, Place.LOOPBACK);
    }

    /** The same in another place. */
    public static ConsulProcess start(Path directory, Place place) {
        return up(new ConsulProcess(
                directory,
                place,
                "\"server\": true, \"bootstrap\": true, \"node_name\": \"server\""));
    }

    /** Servers of one data centre, one in each place, that elect a leader among them. */
    public static List<ConsulProcess> startServers(Path directory, List<Place> places) {
        List<ConsulProcess> servers = new ArrayList<>();
        for (Place place : places) {
            String name = "server-" + (servers.size() + 1);
            String role = "\"server\": true, \"bootstrap_expect\": %d, \"node_name\": \"%s\""
                    .formatted(places.size(), name);
            servers.add(new ConsulProcess(
                    directory.resolve(name),
                    place,
                    servers.isEmpty() ? role : role + joining(servers.get(0))));
        }
        for (ConsulProcess server : servers) {
            Runtime.getRuntime().addShutdownHook(server.atExit);
            server.launch();
        }
        servers.forEach(ConsulProcess::awaitWritable);
        return servers;
    }

    private static String joining(ConsulProcess other) {
        return ", \"retry_interval\": \"1s\", \"retry_join\": [\"%s:%d\"]"
                .formatted(other.host(), other.serfPort);
    }

    /**
     * Starts an agent that is not a server, as each node has one in production. Its registrations
     * survive the restart of a server, while a server that is its own agent starts with all port
     * checks critical.
     */
    public static ConsulProcess startAgentOf(ConsulProcess server, Path directory) {
        return up(new ConsulProcess(
                directory, Place.LOOPBACK, "\"node_name\": \"agent\"" + joining(server)));
    }

    private static ConsulProcess up(ConsulProcess consul) {
        Runtime.getRuntime().addShutdownHook(consul.atExit);
        consul.restart();
        return consul;
    }

    /** Host of the HTTP interface. */
    public String host() {
        return place.address();
    }

    /** Port of the HTTP interface. */
    public int httpPort() {
        return httpPort;
    }

    /** Starts the process again after it was killed or stopped, without waiting. */
    public void launch() {
        try {
            Files.createDirectories(directory);
            Path config = directory.resolve("config.json");
            Files.writeString(config, config());
            List<String> agent =
                    List.of(binary.toString(), "agent", "-config-file", config.toString());
            process = new ProcessBuilder(place.command(agent))
                    .redirectErrorStream(true)
                    .redirectOutput(log(++runs).toFile())
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Calls {@link #launch} and waits until it accepts writes. */
    public void restart() {
        launch();
        awaitWritable();
    }

    /** Sends SIGKILL, and waits for the end. */
    public void kill() {
        Process running = process;
        if (running != null) {
            running.destroyForcibly().onExit().join();
        }
    }

    /** Sends SIGTERM, and waits for the end. */
    public void terminate() {
        Process running = process;
        if (running != null) {
            running.destroy();
            running.onExit().join();
        }
    }

    /** Deletes its data; the process must not run. */
    public void deleteData() {
        try (Stream<Path> files = Files.walk(directory.resolve("data"))) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until a session can be opened, which requires a leader and the node's own health. */
    public void awaitWritable() {
        long end = System.nanoTime() + START_LIMIT.toNanos();
        String body = "{\"Checks\":[\"serfHealth\"],\"TTL\":\"10s\",\"LockDelay\":\"0s\"}";
        while (!opensSession(body)) {
            if (System.nanoTime() > end || process == null || !process.isAlive()) {
                throw new IllegalStateException("consul does not start: " + lastWords());
            }
            pause();
        }
    }

    private boolean opensSession(String body) {
        try {
            HttpResponse<String> opened = put("/v1/session/create", body);
            if (opened.statusCode() != 200) {
                return false;
            }
            String id =
                    opened.body().replaceAll(".*\"ID\": *\"([^\"]*)\".*", "$1").strip();
            return put("/v1/session/destroy/" + id, "").statusCode() == 200;
        } catch (IOException notYet) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Whether it reports that it leads the servers; false if it does not answer. */
    public boolean leads() {
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://" + host() + ":" + httpPort + "/v1/status/leader"))
                .timeout(Duration.ofSeconds(1))
                .build();
        try {
            return http.send(request, BodyHandlers.ofString())
                    .body()
                    .contains(host() + ":" + serverPort);
        } catch (IOException away) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    public Place place() {
        return place;
    }

    private HttpResponse<String> put(String path, String body)
            throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://" + host() + ":" + httpPort + path))
                .timeout(Duration.ofSeconds(5))
                .PUT(BodyPublishers.ofString(body))
                .build();
        return http.send(request, BodyHandlers.ofString());
    }

    private void pause() {
        try {
            Process running = process;
            if (running != null && running.waitFor(50, TimeUnit.MILLISECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private Path log(int run) {
        return directory.resolve("consul-" + run + ".out");
    }

    private String lastWords() {
        try {
            List<String> lines = Files.readAllLines(log(runs));
            return String.join("\n", lines.subList(Math.max(0, lines.size() - 20), lines.size()));
        } catch (IOException e) {
            return "and its output is unreadable: " + e;
        }
    }

    private String config() {
        return """
                {%s, "data_dir": "%s", "bind_addr": "%s", "client_addr": "%s",
                 "performance": {"raft_multiplier": 1}, "disable_update_check": true,
                 "ports": {"http": %d, "server": %d, "serf_lan": %d,
                           "serf_wan": -1, "dns": -1, "grpc": -1}}
                """.formatted(
                        role,
                        directory.resolve("data").toAbsolutePath(),
                        host(),
                        host(),
                        httpPort,
                        serverPort,
                        serfPort);
    }

    /** Kills the process; its data stays. */
    @Override
    public void close() {
        kill();
        Runtime.getRuntime().removeShutdownHook(atExit);
    }
}
