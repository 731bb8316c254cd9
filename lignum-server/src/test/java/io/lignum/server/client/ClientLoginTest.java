package io.lignum.server.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lignum.client.Codecs;
import io.lignum.client.Credentials;
import io.lignum.client.LignumClient;
import io.lignum.client.LignumException;
import io.lignum.server.TestNode;
import io.lignum.server.access.Principals;
import io.lignum.server.service.SecurityService;
import io.lignum.server.service.TopicPatch;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/** The Java client at a real node in mode on. */
class ClientLoginTest {

    @TempDir
    Path directory;

    private TestNode node;

    @BeforeEach
    void start() {
        node = TestNode.start(directory, "security.mode", "on");
        node.node().session().topics().create("t", TopicPatch.NONE).join();
        Principals.user(security(), "ada", "producer", "topic:t", "consumer", "topic:t");
    }

    @AfterEach
    void stop() {
        node.close();
    }

    private SecurityService security() {
        return node.node().session().security();
    }

    private LignumClient client(Credentials credentials) {
        return LignumClient.builder()
                .addresses("127.0.0.1:" + node.node().grpcPort())
                .requestTimeout(Duration.ofSeconds(20))
                .credentials(credentials)
                .build();
    }

    private String token() {
        return Principals.bearer(security(), "ada").substring("Bearer ".length());
    }

    @Test
    void password_sendsAndReceives() throws Exception {
        try (LignumClient client = client(Credentials.password("ada", Principals.PASSWORD));
                var producer = client.producer("t").values(Codecs.utf8()).open();
                var consumer = client.consumer("t")
                        .values(Codecs.utf8())
                        .fromBeginning()
                        .open()) {
            producer.send("oak").get(20, TimeUnit.SECONDS);
            assertThat(consumer.next().value()).isEqualTo("oak");
        }
    }

    @Test
    void wrongPassword_failsAtOnce() {
        try (LignumClient client = client(Credentials.password("ada", "wrong wrong wrong"))) {
            assertThatThrownBy(() -> client.topics().describe("t").join())
                    .hasCauseInstanceOf(LignumException.NotAuthenticated.class)
                    .hasMessageContaining("user or password is wrong");
        }
    }

    @Test
    void missingGrant_failsTheSend_andOtherTopicsGoOn() throws Exception {
        try (LignumClient client = client(Credentials.token(token()));
                var denied = client.producer("bills").values(Codecs.utf8()).open();
                var allowed = client.producer("t").values(Codecs.utf8()).open()) {
            assertThatThrownBy(() -> denied.send("oak").get(20, TimeUnit.SECONDS))
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(LignumException.AccessDenied.class)
                    .hasMessageContaining("write on topic bills");
            allowed.send("oak").get(20, TimeUnit.SECONDS);
        }
    }

    @Test
    void replacedToken_isUsedWithoutARestart() throws Exception {
        AtomicReference<String> current = new AtomicReference<>(token());
        try (LignumClient client = client(Credentials.token(current::get));
                var producer = client.producer("t").values(Codecs.utf8()).open()) {
            producer.send("oak").get(20, TimeUnit.SECONDS);
            String old = current.getAndSet(token());
            security().deleteToken(old.split("_", -1)[1]).join();
            assertThat(client.topics().describe("t").join().name()).isEqualTo("t");
        }
    }

    @Test
    void deletedToken_endsASubscription_withNotAuthenticated() throws Exception {
        String token = token();
        try (LignumClient client = client(Credentials.token(token));
                var consumer = client.consumer("t")
                        .values(Codecs.utf8())
                        .fromBeginning()
                        .open();
                var producer = client.producer("t").values(Codecs.utf8()).open()) {
            producer.send("oak").get(20, TimeUnit.SECONDS);
            assertThat(consumer.next().value()).isEqualTo("oak");
            security().deleteToken(token.split("_", -1)[1]).join();
            assertThatThrownBy(consumer::next).isInstanceOf(LignumException.NotAuthenticated.class);
        }
    }
}
