package io.lignum.bench.cluster;

import io.lignum.bench.work.Ports;
import io.lignum.bench.work.ServerProcess;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A process that runs one Consul server, for the clusters of the benchmarks. It listens on the
 * loopback address and keeps its data in a directory.
 */
final class ConsulServer {

    private static final String PROGRAM = "consul";
    private static final Duration TIMEOUT = Duration.ofSeconds(1);

    private final ServerProcess process;
    private final int httpPort;

    private ConsulServer(ServerProcess process, int httpPort) {
        this.process = process;
        this.httpPort = httpPort;
    }

    /** Starts the server, and returns when it has elected itself as Consul's leader. */
    static ConsulServer start(Path directory) throws IOException {
        int port = Ports.lasting();
        Path config = Files.createDirectories(directory).resolve("config.json");
        Files.writeString(config, """
                {"server": true, "bootstrap": true, "node_name": "consul",
                 "data_dir": "%s", "bind_addr": "127.0.0.1", "client_addr": "127.0.0.1",
                 "log_level": "WARN",
                 "performance": {"raft_multiplier": 1}, "disable_update_check": true,
                 "ports": {"http": %d, "server": %d, "serf_lan": %d,
                           "serf_wan": -1, "dns": -1, "grpc": -1}}
                """.formatted(
                        directory.resolve("data").toAbsolutePath(),
                        port,
                        Ports.lasting(),
                        Ports.lasting()));
        Path program = ServerProcess.find(PROGRAM)
                .orElseThrow(() -> new IOException(
                        "Consul is needed: `make consul` downloads it, or set CONSUL_BIN"));
        ServerProcess process = ServerProcess.start(
                List.of(program.toString(), "agent", "-config-file", config.toString()),
                directory.resolve("consul.log"));
        HttpClient http = HttpClient.newBuilder().connectTimeout(TIMEOUT).build();
        try {
            process.await(() -> leader(http, port));
        } catch (IOException e) {
            process.close();
            throw e;
        }
        return new ConsulServer(process, port);
    }

    private static Optional<String> leader(HttpClient http, int port) {
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + port + "/v1/status/leader"))
                .timeout(TIMEOUT)
                .build();
        try {
            return Optional.of(http.send(request, BodyHandlers.ofString()).body())
                    .filter(answer -> answer.contains(":"));
        } catch (IOException notYet) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    ServerProcess process() {
        return process;
    }

    int httpPort() {
        return httpPort;
    }
}
