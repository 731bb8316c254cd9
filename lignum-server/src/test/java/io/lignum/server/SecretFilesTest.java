package io.lignum.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.cluster.peer.Member;
import io.lignum.cluster.peer.NodeAddress;
import io.lignum.cluster.peer.PeerException;
import io.lignum.cluster.peer.PeerRequest;
import io.lignum.cluster.peer.PeerResponse;
import io.lignum.cluster.peer.PeerService;
import io.lignum.cluster.peer.PeerStream;
import io.lignum.cluster.peer.PeerStreamReceiver;
import io.lignum.cluster.transport.GrpcNetwork;
import io.lignum.cluster.transport.PeerSecrets;
import io.lignum.server.config.ConfigLoader;
import io.lignum.server.config.ServerConfig;
import io.lignum.server.metrics.NodeMetrics;
import io.lignum.server.service.NodeThreads;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** The secret of running nodes is replaced by their files, one node after the other. */
class SecretFilesTest {

    private static final String OLD = "the old secret of the cluster";
    private static final String NEW = "the new secret of the cluster";
    private static final PeerRequest QUESTION =
            new PeerRequest.LogEndRequest(new Member("me", new UUID(1, 2)), 1);

    @TempDir
    Path directory;

    private final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : open) {
            each.close();
        }
    }

    /** The files, secrets and internal port of a node. */
    private final class Node {

        private final NodeMetrics metrics = new NodeMetrics("test");
        private final Path secret;
        private final Path others;
        private final ClusterFactory.Spec spec;
        private final GrpcNetwork network;

        Node(String name) throws IOException {
            secret = directory.resolve(name + ".secret");
            others = directory.resolve(name + ".others");
            write(secret, OLD);
            write(others, "");
            ServerConfig config = new ConfigLoader()
                    .embedded(directory.resolve(name))
                    .set("consul.host", "localhost")
                    .set("cluster.secret-file", secret.toString())
                    .set("cluster.other-secrets-file", others.toString())
                    .set("tls.reload-interval-in-ms", "20")
                    .load();
            ReloadedFiles files =
                    ReloadedFiles.start(config, new NodeThreads(SecretFilesTest::failed), metrics);
            open.add(files);
            spec = files.spec(config.cluster().orElseThrow());
            network = listen();
            network.serve(new Answering());
        }

        private GrpcNetwork listen() {
            GrpcNetwork made = SystemCluster.listen(spec, SecretFilesTest::failed);
            open.add(made);
            return made;
        }

        /** Waits until the node has read it. */
        void use(Path file, String text) throws IOException {
            PeerSecrets before = spec.secrets().get();
            write(file, text);
            Awaitility.await().until(() -> !spec.secrets().get().equals(before));
        }

        /** On a new connection. */
        Object ask(Node other) throws Exception {
            GrpcNetwork asking = listen();
            NodeAddress address = new NodeAddress("127.0.0.1", other.network.port(), 0, 0);
            Object outcome = asking.ask(address, QUESTION, Duration.ofSeconds(10))
                    .handle((answer, failure) -> failure == null ? (Object) answer : failure)
                    .get(20, TimeUnit.SECONDS);
            asking.close();
            return outcome;
        }

        private String metric(String outcome) {
            StringBuilder text = new StringBuilder();
            metrics.scrape(List.of()).forEachRemaining(text::append);
            return text.toString()
                    .lines()
                    .filter(line -> line.startsWith("lignum_cluster_secret_reloads_total")
                            && line.contains(outcome))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static final class Answering implements PeerService {
        @Override
        public PeerStreamReceiver accept(PeerStream stream) {
            throw new AssertionError("no test opens a stream");
        }

        @Override
        public CompletableFuture<PeerResponse> answer(PeerRequest question) {
            return CompletableFuture.completedFuture(new PeerResponse.Done());
        }
    }

    private static void failed(Throwable cause) {
        throw new AssertionError(cause);
    }

    /** Replaces the file whole, as operators should. */
    private void write(Path file, String text) throws IOException {
        Path fresh = Files.writeString(directory.resolve("fresh"), text);
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    }

    private static void assertAgree(Node one, Node other) {
        // A handshake has a limit, which a busy machine may exceed at first.
        Awaitility.await().until(() -> one.ask(other) instanceof PeerResponse.Done);
        Awaitility.await().until(() -> other.ask(one) instanceof PeerResponse.Done);
    }

    @Test
    void secretReplacedInThreeSteps_isAgreedUponAtEachMoment() throws Exception {
        Node one = new Node("one");
        Node other = new Node("other");
        assertAgree(one, other);
        for (Node node : List.of(one, other)) {
            node.use(node.others, OLD + "\n" + NEW + "\n");
            assertAgree(one, other);
        }
        for (Node node : List.of(one, other)) {
            node.use(node.secret, NEW + "\n");
            assertAgree(one, other);
        }
        for (Node node : List.of(one, other)) {
            node.use(node.others, "");
            assertAgree(one, other);
        }
        assertThat(one.metric("replaced")).endsWith(" 3.0");

        Node left = new Node("left"); // It has the old secret only.
        Awaitility.await()
                .until(() -> left.ask(one) instanceof PeerException refused
                        && refused.code().equals(PeerException.NOT_AUTHENTICATED));
    }

    @Test
    void fileThatCannotBeUsed_leavesTheOldSecretInUse() throws Exception {
        Node one = new Node("one");
        Node other = new Node("other");
        PeerSecrets before = one.spec.secrets().get();
        write(one.secret, "");
        Awaitility.await().until(() -> !one.metric("failed").endsWith(" 0.0"));
        assertThat(one.spec.secrets().get()).isSameAs(before);
        assertAgree(one, other);
        one.use(one.secret, NEW);
        assertThat(one.spec.secrets().get().own()).contains(NEW);
    }
}
