package io.lignum.server.cluster;

import io.lignum.cluster.testing.ConsulBinary;
import io.lignum.cluster.testing.FreePorts;
import io.lignum.server.tls.TestCertificates;

import org.awaitility.Awaitility;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

import javax.net.ssl.SSLContext;

/**
 * A real Consul that demands client certificates of {@link TestCertificates} and has ACLs: who has
 * no token may do nothing. One thread.
 */
final class SecureConsul implements AutoCloseable {

    private static final String MASTER = "11111111-1111-1111-1111-111111111111";

    /** The least rights of a node of the cluster "lignum", as docs/operations.md has them. */
    static final String POLICY = """
            key "service/lignum/key/master" { policy = "write" }
            key_prefix "service/lignum/key/lignum/" { policy = "write" }
            service "lignum" { policy = "write" }
            session_prefix "" { policy = "write" }
            """;

    private final int port = FreePorts.next();
    private final HttpClient http;
    private final Process process;
    private final Thread atExit;

    SecureConsul(Path directory, SSLContext administrator) throws Exception {
        http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .sslContext(administrator)
                .build();
        Path config = Files.writeString(directory.resolve("consul.json"), config(directory));
        process = new ProcessBuilder(
                        ConsulBinary.find().toString(), "agent", "-config-file", config.toString())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("consul.out").toFile())
                .start();
        atExit = new Thread(process::destroyForcibly);
        Runtime.getRuntime().addShutdownHook(atExit);
        // It refuses policies until it leads and has set up its ACLs.
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .ignoreExceptionsInstanceOf(IOException.class)
                .until(() -> put("/v1/acl/policy", policy()).statusCode() == 200);
    }

    private static String policy() {
        return "{\"Name\": \"lignum\", \"Rules\": \"%s\"}"
                .formatted(POLICY.replace("\"", "\\\"").replace("\n", "\\n"));
    }

    private String config(Path directory) {
        return """
                {"server": true, "bootstrap": true, "node_name": "server", "data_dir": "%s",
                 "bind_addr": "127.0.0.1", "client_addr": "127.0.0.1",
                 "performance": {"raft_multiplier": 1}, "disable_update_check": true,
                 "verify_incoming": true, "ca_file": "%s", "cert_file": "%s", "key_file": "%s",
                 "acl": {"enabled": true, "default_policy": "deny",
                         "tokens": {"master": "%s", "agent": "%s"}},
                 "ports": {"http": -1, "https": %d, "server": %d, "serf_lan": %d,
                           "serf_wan": -1, "dns": -1, "grpc": -1}}
                """.formatted(
                        directory.resolve("data"),
                        TestCertificates.file("ca.pem"),
                        TestCertificates.file("oak.pem"),
                        TestCertificates.file("oak.key"),
                        MASTER,
                        MASTER,
                        port,
                        FreePorts.next(),
                        FreePorts.next());
    }

    int port() {
        return port;
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("https://localhost:" + port + path))
                .timeout(Duration.ofSeconds(10))
                .header("X-Consul-Token", MASTER);
    }

    private HttpResponse<String> put(String path, String body) throws Exception {
        HttpRequest request = request(path).PUT(BodyPublishers.ofString(body)).build();
        return http.send(request, BodyHandlers.ofString());
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return http.send(request.build(), BodyHandlers.ofString());
    }

    /** A new token with the rights of a node. */
    void createToken(String accessor, String secret) throws Exception {
        String token = "{\"AccessorID\": \"%s\", \"SecretID\": \"%s\", \"Policies\": %s}"
                .formatted(accessor, secret, "[{\"Name\": \"lignum\"}]");
        HttpResponse<String> made = put("/v1/acl/token", token);
        if (made.statusCode() != 200) {
            throw new AssertionError("no token: " + made.body());
        }
    }

    void deleteToken(String accessor) throws Exception {
        HttpResponse<String> deleted = send(request("/v1/acl/token/" + accessor).DELETE());
        if (deleted.statusCode() != 200) {
            throw new AssertionError("not deleted: " + deleted.body());
        }
    }

    /** The services of the agent, as JSON. */
    String services() throws Exception {
        return send(request("/v1/agent/services").GET()).body();
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
        Runtime.getRuntime().removeShutdownHook(atExit);
    }
}
