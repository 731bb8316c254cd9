package io.lignum.server.access;

import static io.lignum.server.access.Principals.basic;
import static io.lignum.server.access.Principals.bearer;
import static io.lignum.server.access.Principals.user;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;

import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import io.lignum.access.credential.TokenText;
import io.lignum.api.LignumLogGrpc;
import io.lignum.api.ListTopicsRequest;
import io.lignum.record.fuzz.Mutator;
import io.lignum.record.fuzz.Rounds;
import io.lignum.server.TestNode;
import io.lignum.server.service.SecurityService;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Requests with credentials of every wrong kind, around which headers, method and path are changed:
 * none of them reads or writes, none makes the node fail, and the log has no secret of them.
 */
class HostileLoginTest {

    private static final int ROUNDS = 200;
    private static final int CALLS = 80;
    private static final int MOST_TO_SEND =
            6_000; // A client of gRPC does not send more than 16 KiB.
    private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] ([0-9]{3}) ");
    private static final String DATA = "a secret of the tests";
    private static final String WRONG = "wrong-password-of-an-attacker";

    private static final List<String> TARGETS = List.of(
            "GET /api/message?topic=kept&from=0&to=9",
            "GET /api/messages?topic=kept",
            "GET /api/topics/kept/events?from=0",
            "GET /api/topics",
            "GET /api/topics/kept",
            "GET /api/cluster",
            "GET /metrics",
            "GET http://localhost/api/messages?topic=kept",
            "GET http://a:b@localhost/api/messages?topic=kept",
            "GET /ping/../api/messages?topic=kept",
            "GET /ping/%2e%2e/api/messages?topic=kept",
            "GET /health/live;x=/../../api/messages?topic=kept",
            "GET //api//messages?topic=kept",
            "GET /ap%69/messages?topic=kept",
            "HEAD /api/messages?topic=kept",
            "OPTIONS /api/messages?topic=kept",
            "OPTIONS *",
            "TRACE /api/messages?topic=kept",
            "CONNECT localhost:80",
            "PUT /api/topics/made",
            "DELETE /api/topics/kept",
            "POST /api/message",
            "POST /ping",
            "POST /api/messages?topic=kept");

    private static final List<String> HEADERS = List.of(
            "Host: localhost",
            "Host: localhost\r\nHost: evil.example",
            "X-HTTP-Method-Override: GET",
            "X-Original-URL: /ping",
            "X-Rewrite-URL: /ping",
            "X-Forwarded-For: 127.0.0.1",
            "Forwarded: for=127.0.0.1",
            "Via: 1.1 proxy",
            "X-Forwarded-User: admin",
            "Cookie: __Host-lignum=x",
            "Proxy-Authorization: Basic cmVhZGVyOng=",
            "Transfer-Encoding: chunked",
            "Expect: 100-continue",
            "Upgrade: h2c\r\nConnection: Upgrade\r\nHTTP2-Settings: AAMAAABk",
            "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: x");

    @TempDir
    Path directory;

    private final Queue<String> log = new ConcurrentLinkedQueue<>();
    private final AppenderBase<ILoggingEvent> collector = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
            log.add(event.getFormattedMessage());
        }
    };
    private TestNode node;
    private String right = "";
    private List<String> wrong = List.of();

    @BeforeEach
    void start() throws InterruptedException {
        collector.start();
        ((Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME)).addAppender(collector);
        node = TestNode.start(
                directory.resolve("data"),
                "security.mode",
                "on",
                "security.free-failed-logins",
                "1000",
                "limits.max-wait-in-ms",
                "20",
                "limits.slow-client-timeout-in-ms",
                "1000");
        SecurityService security = node.node().session().security();
        right = basic(user(security, "admin", "admin", ""));
        assertThat(node.post("/api/message?topic=kept", "", "Authorization", right)
                        .statusCode())
                .isEqualTo(400);
        assertThat(append("{\"topic\":\"kept\",\"message\":\"" + DATA + "\"}")).isEqualTo(200);
        wrong = wrongCredentials(security);
    }

    private int append(String message) {
        return node.post("/api/message", message, "Authorization", right).statusCode();
    }

    private List<String> wrongCredentials(SecurityService security) throws InterruptedException {
        TokenText deleted =
                security.createToken("admin", "", Optional.empty()).join().text();
        security.deleteToken(deleted.id()).join();
        TokenText expired = security.createToken("admin", "", Optional.of(Duration.ofMillis(1)))
                .join()
                .text();
        Thread.sleep(5); // Its life, by the clock that decides.
        String removed = bearer(security, user(security, "removed", "admin", ""));
        security.deleteUser("removed").join();
        return List.of(
                basic("admin", WRONG),
                basic("stranger", Principals.PASSWORD),
                basic("removed"),
                basic("admin", ""),
                basic("", ""),
                removed,
                "Bearer " + deleted.text(),
                "Bearer " + expired.text(),
                "Bearer " + TokenText.random().text(), // Like one of another node.
                "Bearer " + "A".repeat(16_384),
                "",
                "Basic " + "\0".repeat(20));
    }

    @AfterEach
    void close() {
        node.close();
        ((Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME)).detachAppender(collector);
    }

    /** A request of wrong parts; about one in two has some of its bytes changed in addition. */
    private byte[] request(Mutator mutator) {
        var random = mutator.random();
        ByteArrayOutputStream request = new ByteArrayOutputStream();
        write(request, TARGETS.get(random.nextInt(TARGETS.size())));
        write(request, random.nextInt(8) == 0 ? " HTTP/1.0\r\n" : " HTTP/1.1\r\nHost: a\r\n");
        for (int i = random.nextInt(3); i > 0; i--) {
            write(request, HEADERS.get(random.nextInt(HEADERS.size())) + "\r\n");
        }
        for (int i = random.nextInt(3); i > 0; i--) {
            byte[] value = wrong.get(random.nextInt(wrong.size())).getBytes(StandardCharsets.UTF_8);
            byte[] other = wrong.get(random.nextInt(wrong.size())).getBytes(StandardCharsets.UTF_8);
            write(request, random.nextBoolean() ? "Authorization: " : "AUTHORIZATION:");
            request.writeBytes(random.nextBoolean() ? value : mutator.mutate(value, other));
            write(request, "\r\n");
        }
        String body = "{\"topic\":\"kept\",\"message\":\"not from here\"}";
        write(request, "Content-Length: " + body.length() + "\r\n\r\n" + body);
        byte[] whole = request.toByteArray();
        return random.nextBoolean() ? whole : mutator.mutate(whole);
    }

    private static void write(ByteArrayOutputStream to, String text) {
        to.writeBytes(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void requestsWithoutRightCredentials_getNothing() throws IOException {
        Rounds.run("logins over HTTP", ROUNDS, seed -> {
            if (seed % 100 == 0) { // Which also forgives this address its failures.
                assertThat(append("{")).isEqualTo(400);
            }
            String answer = exchange(request(new Mutator(seed)));
            Matcher statuses = STATUS.matcher(answer);
            while (statuses.find()) {
                int status = Integer.parseInt(statuses.group(1));
                assertThat(status < 500 || status == 501 || status == 505)
                        .as("%s", answer)
                        .isTrue();
            }
            assertThat(answer).doesNotContain(DATA, "\"kept\"", "lignum_ready", "at io.lignum");
        });
        assertNothingHappened();
    }

    /** Sends a request, and returns everything that the node answers. */
    private String exchange(byte[] request) throws IOException {
        try (Socket socket = node.connect()) {
            socket.getOutputStream().write(request);
            socket.shutdownOutput();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (SocketException cut) {
            return "";
        }
    }

    @Test
    void rightAndWrongCredentialsTogether_getNothing() throws IOException {
        List<String> lines = new ArrayList<>();
        for (String other : wrong) {
            lines.add("Authorization: " + right + "\r\nAuthorization: " + other);
            lines.add("Authorization: " + other + "\r\nauthorization: " + right);
            lines.add("Authorization: " + right + ", " + other);
            lines.add("Authorization: " + other + "," + right);
        }
        lines.add("Authorization : " + right);
        lines.add("Authorization: \r\n " + right + "\r\n x");
        lines.add("Authorization: " + right.substring("Basic ".length()));
        lines.add("Authorization: " + right.replace("Basic", "Bearer"));
        lines.add("X-Authorization: " + right);
        lines.add("Proxy-Authorization: " + right);
        for (String line : lines) {
            String answer = exchange(("GET /api/messages?topic=kept HTTP/1.1\r\nHost: localhost\r\n"
                            + line + "\r\n\r\n")
                    .getBytes(StandardCharsets.UTF_8));
            assertThat(answer).as(line).startsWith("HTTP/1.1 4").doesNotContain(DATA);
        }
        assertNothingHappened();
    }

    @Test
    void callsWithoutRightCredentials_areUnauthenticated() {
        ManagedChannel channel = NettyChannelBuilder.forAddress(
                        "127.0.0.1", node.node().grpcPort())
                .usePlaintext()
                .build();
        try {
            Metadata rights = new Metadata();
            rights.put(key("authorization"), right);
            assertThat(call(channel, rights)).isEqualTo(Status.Code.OK);
            rights.put(key("authorization"), right);
            assertThat(call(channel, rights)).isEqualTo(Status.Code.UNAUTHENTICATED);
            Rounds.run("logins over gRPC", CALLS, seed -> {
                Metadata headers = headers(new Mutator(seed));
                assertThat(call(channel, headers))
                        .as("%s", headers.keys())
                        .isIn(
                                Status.Code.UNAUTHENTICATED,
                                Status.Code.PERMISSION_DENIED); // Behind a proxy, without TLS.
            });
        } finally {
            channel.shutdownNow();
        }
        assertNothingHappened();
    }

    private Metadata headers(Mutator mutator) {
        var random = mutator.random();
        Metadata headers = new Metadata();
        for (int i = random.nextInt(3); i > 0; i--) {
            String value = wrong.get(random.nextInt(wrong.size()));
            byte[] bytes = value.substring(0, Math.min(value.length(), MOST_TO_SEND))
                    .getBytes(StandardCharsets.UTF_8);
            headers.put(
                    key(random.nextInt(4) == 0 ? "proxy-authorization" : "authorization"),
                    new String(
                            random.nextBoolean() ? bytes : mutator.mutate(bytes),
                            StandardCharsets.ISO_8859_1));
        }
        if (random.nextInt(4) == 0) {
            headers.put(key("x-forwarded-for"), "127.0.0.1");
        }
        return headers;
    }

    private static Metadata.Key<String> key(String name) {
        return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
    }

    private static Status.Code call(ManagedChannel channel, Metadata headers) {
        try {
            var unused = LignumLogGrpc.newBlockingStub(channel)
                    .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
                    .listTopics(ListTopicsRequest.getDefaultInstance());
            return Status.Code.OK;
        } catch (StatusRuntimeException refused) {
            return refused.getStatus().getCode();
        }
    }

    /** The topic is as it was, there is no other, the node serves, and the log has no secret. */
    private void assertNothingHappened() {
        assertThat(node.get("/api/topics", "Authorization", right).body())
                .contains("\"kept\"")
                .doesNotContain("\"made\"");
        assertThat(node.get("/api/messages?topic=kept", "Authorization", right).body())
                .contains(DATA)
                .doesNotContain("not from here");
        assertThat(append("{\"topic\":\"kept\",\"message\":\"x\"}")).isEqualTo(200);
        assertThat(log)
                .noneMatch(line -> line.contains(WRONG) || line.contains(Principals.PASSWORD));
        for (String credential : wrong) {
            String secret = credential.substring(credential.indexOf(' ') + 1);
            if (secret.length() > 20 && secret.indexOf('\0') < 0) {
                assertThat(log).noneMatch(line -> line.contains(secret));
            }
        }
    }
}
