package io.lignum.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lignum.client.Codecs;
import io.lignum.client.Consumer;
import io.lignum.client.LignumClient;
import io.lignum.client.LignumException;
import io.lignum.client.Producer;
import io.lignum.cluster.testing.Place;
import io.lignum.server.CommandRun;
import io.lignum.server.TestNode;
import io.lignum.server.grpc.GrpcAccessTable;
import io.lignum.server.http.HttpAccessTable;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Two nodes of mode protected, each in a network namespace, which acts as a host: the tests call
 * them from another host, and by processes on the nodes' hosts.
 */
@NeedsRoot
@Isolated("processes that need both cores")
class OtherHostIT {

    private static final String SENTENCE = "this node serves callers on its own host only";

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    static Path directory = Path.of("");

    @SuppressWarnings("NullAway.Init")
    private static Namespaces network;

    @SuppressWarnings("NullAway.Init")
    private static JarCluster cluster;

    @SuppressWarnings("NullAway.Init")
    private static NodeProcess follower;

    @BeforeAll
    static void startCluster() {
        network = new Namespaces();
        cluster = new JarCluster(
                directory, network.consul(), "cluster.secret", "of the nodes in namespaces");
        cluster.addAt(network.add());
        cluster.addAt(network.add());
        cluster.startAll();
        follower = awaitFollower();
    }

    @AfterAll
    static void endCluster() {
        try {
            if (cluster != null) {
                cluster.close();
            }
        } finally {
            if (network != null) {
                network.close();
            }
        }
    }

    /** Asks the public health call until one node leads and the other follows it. */
    private static NodeProcess awaitFollower() {
        return Awaitility.await("a node leads and the other follows")
                .atMost(JarCluster.TIMEOUT)
                .ignoreExceptions()
                .until(
                        () -> cluster.nodes().stream()
                                .filter(node -> says(node, "\"role\":\"follower\""))
                                .findFirst()
                                .filter(one -> cluster.nodes().stream()
                                        .allMatch(node -> says(node, "\"writes\":true"))),
                        Optional::isPresent)
                .orElseThrow();
    }

    private static boolean says(NodeProcess node, String words) {
        return health(node).contains(words);
    }

    private static String health(NodeProcess node) {
        return TestNode.send(HttpRequest.newBuilder(URI.create("http://"
                                + node.place().address() + ":" + node.httpPort() + "/health/ready"))
                        .timeout(Duration.ofSeconds(5))
                        .build())
                .body();
    }

    @Test
    void everyRouteAndMethod_refusesAnotherHostButForHealth() throws IOException {
        for (NodeProcess node : cluster.nodes()) {
            String host = node.place().address();
            HttpAccessTable.assertRefused(403, "ACCESS_DENIED", host, node.httpPort());
            GrpcAccessTable.assertRefused(host, node.grpcPort());
        }
        assertThat(follower.log()).contains("Refused a ", "from " + network.testsAddress());
    }

    @Test
    void callOnTheFollowersHost_isServedAndSentOnToTheLeadersHost() throws Exception {
        String body = "{\"topic\":\"sent-on\",\"message\":\"oak\"}";
        String answer = onHostOf(follower, follower.place().address(), body);
        assertThat(answer).startsWith("HTTP/1.1 200").contains("\"offset\":0", "\"leader\":\"");
        assertThat(onHostOf(follower, "evil.example", body)).startsWith("HTTP/1.1 421");
    }

    /** Runs a process on the host that calls the host's own address. */
    private static String onHostOf(NodeProcess node, String name, String body) throws Exception {
        Place place = node.place();
        String request = "POST /api/message HTTP/1.1\\r\\nHost: " + name + ":" + node.httpPort()
                + "\\r\\nConnection: close\\r\\nContent-Length: " + body.length() + "\\r\\n\\r\\n";
        String script = "exec 3<>/dev/tcp/" + place.address() + "/" + node.httpPort() + "; printf '"
                + request + "%s' '" + body + "' >&3; timeout 30 cat <&3";
        Process process = new ProcessBuilder(place.command(List.of("bash", "-c", script)))
                .redirectErrorStream(true)
                .start();
        String answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return answer;
    }

    @Test
    void clientOnAnotherHost_isRefusedAtOnceInEachOfItsParts() throws Exception {
        long startNanos = System.nanoTime();
        try (LignumClient client = LignumClient.connect(cluster.addresses())) {
            assertThatThrownBy(client.topics().list()::join)
                    .hasCauseInstanceOf(LignumException.AccessDenied.class)
                    .hasMessageContaining(SENTENCE);
            try (Producer<byte[], String> producer =
                    client.producer("t").values(Codecs.utf8()).open()) {
                assertThatThrownBy(producer.send("oak")::join)
                        .cause()
                        .isInstanceOfSatisfying(
                                LignumException.AccessDenied.class,
                                denied -> assertThat(denied.outcome())
                                        .isEqualTo(LignumException.Outcome.NOT_APPLIED));
            }
            assertThatThrownBy(() -> {
                        try (Consumer<byte[], String> consumer =
                                client.consumer("t").values(Codecs.utf8()).open()) {
                            consumer.next();
                        }
                    })
                    .isInstanceOf(LignumException.AccessDenied.class);
        }
        // Much less than any of the time-outs, which are 10 s or longer.
        assertThat(Duration.ofNanos(System.nanoTime() - startNanos))
                .isLessThan(Duration.ofSeconds(9));
    }

    @Test
    void commandOnAnotherHost_saysWhatToDoAndEndsWith1() {
        List<CommandRun> runs = List.of(
                JarCluster.lignum(follower, "topic", "ls"),
                JarCluster.lignum(follower, "tail", "t"),
                JarCluster.lignum(follower, "cluster", "status"),
                JarCluster.lignum(follower, "cluster", "recover", "--unclean", "--yes"),
                JarCluster.lignum(follower, "cluster", "decommission", "node-1"));
        for (CommandRun run : runs) {
            assertThat(run.code()).as(run.err()).isEqualTo(1);
            assertThat(run.err()).contains("ACCESS_DENIED: " + SENTENCE, "security.mode: open");
        }
        CommandRun produce = CommandRun.withInput(
                "oak\n".getBytes(StandardCharsets.UTF_8),
                "produce",
                "t",
                "--server",
                follower.address());
        assertThat(produce.code()).as(produce.err()).isEqualTo(1);
        assertThat(produce.err()).contains(SENTENCE);
    }
}
