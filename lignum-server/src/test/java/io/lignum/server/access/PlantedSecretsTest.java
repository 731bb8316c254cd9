package io.lignum.server.access;

import static io.lignum.server.access.Principals.basic;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;

import io.lignum.server.TestNode;
import io.lignum.server.config.ConfigLoader;
import io.lignum.server.service.SecurityService;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;

/**
 * Plants secrets in every place that takes one, uses them rightly and wrongly, and searches all
 * that the node writes and answers for them. Its own log is read at its finest level; at that level
 * the libraries of HTTP and gRPC would print all they receive.
 */
@Isolated // It changes the level of all our loggers.
class PlantedSecretsTest {

    private static final String PASSWORD = "planted-password-1";
    private static final String WRONG_PASSWORD = "planted-password-2";
    private static final String NEW_PASSWORD = "planted-password-3";
    private static final String HTTP_PASSWORD = "planted-password-4";
    private static final String CLUSTER_SECRET = "planted-cluster-secret";
    private static final String CONSUL_TOKEN = "planted-consul-token";
    private static final String IN_URL = "planted-in-a-url";

    @TempDir
    Path directory;

    private final Queue<String> output = new ConcurrentLinkedQueue<>();
    private final List<String> secrets = new ArrayList<>(List.of(
            PASSWORD,
            WRONG_PASSWORD,
            NEW_PASSWORD,
            HTTP_PASSWORD,
            CLUSTER_SECRET,
            CONSUL_TOKEN,
            IN_URL));

    private final class Collector extends AppenderBase<ILoggingEvent> {
        @Override
        protected void append(ILoggingEvent event) {
            String trace = event.getThrowableProxy() == null
                    ? ""
                    : ThrowableProxyUtil.asString(event.getThrowableProxy());
            output.add(event.getFormattedMessage() + " " + trace);
        }
    }

    @Test
    void secrets_appearInNoOutput_andPasswordsInNoFile() throws IOException {
        Logger root = (Logger) LoggerFactory.getLogger("io.lignum");
        Level before = root.getLevel();
        Collector collector = new Collector();
        collector.start();
        root.addAppender(collector);
        root.setLevel(Level.TRACE);
        try (TestNode node = TestNode.start(directory, "security.mode", "on")) {
            use(node);
        } finally {
            root.setLevel(before);
            root.detachAppender(collector);
        }
        printConfig();
        assertThat(output).as("the audit log").anyMatch(line -> line.contains("create-user"));
        for (String secret : secrets) {
            String encoded = Base64.getEncoder()
                    .encodeToString(("ada:" + secret).getBytes(StandardCharsets.UTF_8));
            assertThat(output).noneMatch(line -> line.contains(secret));
            assertThat(output).noneMatch(line -> line.contains(encoded));
        }
        searchFiles();
    }

    private void use(TestNode node) {
        SecurityService security = node.node().session().security();
        security.createUser("ada", Optional.of(PASSWORD)).join();
        security.grant(Principals.grant("ada", "admin", "")).join();
        String token = security.createToken("ada", "a description", Optional.empty())
                .join()
                .text()
                .text();
        secrets.add(token);
        secrets.add(token.substring(token.indexOf('_', "lgn_".length()) + 1));
        for (String header : List.of(
                basic("ada", PASSWORD),
                basic("ada", WRONG_PASSWORD),
                "Bearer " + token,
                "Bearer " + token + "x",
                "Basic " + PASSWORD,
                PASSWORD)) {
            output.add(node.get("/api/topics", "Authorization", header).body());
            output.add(node.get("/api/topics?token=" + IN_URL, "Authorization", header)
                    .body());
            output.add(node.post("/api/message", "{", "Authorization", header).body());
        }
        security.changePassword("ada", Optional.of(NEW_PASSWORD)).join();
        useOverHttp(node);
        output.add(node.get("/metrics", "Authorization", basic("ada", NEW_PASSWORD))
                .body());
        output.add(security.users().toString());
        output.add(security.tokens().toString());
        output.add(security.whoAmI().toString());
    }

    /** The calls whose bodies have a password, and the one whose answer has a token. */
    private void useOverHttp(TestNode node) {
        String login = basic("ada", NEW_PASSWORD);
        String password = "{\"password\":\"" + HTTP_PASSWORD + "\"}";
        for (String path : List.of(
                "/api/users/eve", "/api/users/eve", "/api/users/eve/password", "/api/users/*")) {
            for (String body : List.of(password, password + "x", password.replace('"', ' '))) {
                output.add(TestNode.send(node.request("PUT", path, body, "Authorization", login))
                        .body());
            }
        }
        String answer = node.post("/api/tokens", "{\"owner\":\"eve\"}", "Authorization", login)
                .body();
        String token = answer.replaceAll(".*\"text\":\"([^\"]*)\".*", "$1");
        assertThat(token).startsWith("lgn_");
        secrets.add(token.substring(token.indexOf('_', "lgn_".length()) + 1));
        for (String path : List.of("/api/users", "/api/tokens", "/api/grants", "/api/whoami")) {
            output.add(node.get(path, "Authorization", login).body());
            output.add(node.get(path, "Authorization", "Bearer " + token).body());
        }
    }

    private void printConfig() {
        ConfigLoader loader = new ConfigLoader()
                .set("server.host", "127.0.0.1")
                .set("consul.host", "localhost")
                .set("cluster.secret", CLUSTER_SECRET)
                .set("consul.acl-token", CONSUL_TOKEN);
        var config = loader.load();
        output.add(config.print());
        output.addAll(config.hints());
        output.add(config.cluster().orElseThrow().consul().toString());
        try {
            loader.set("cluster.secrett", CLUSTER_SECRET)
                    .set("consul.acl-tokens", CONSUL_TOKEN)
                    .set("server.port", "none")
                    .load();
        } catch (RuntimeException expected) {
            output.add(String.valueOf(expected.getMessage()));
        }
    }

    private void searchFiles() throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String content = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
                for (String secret : secrets) {
                    assertThat(content.contains(secret))
                            .as("%s in %s", secret, file)
                            .isFalse();
                }
            }
        }
    }
}
