package io.lignum.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import io.lignum.server.CommandRun;
import io.lignum.server.TestNode;
import io.lignum.server.tls.TestCertificates;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;

/** {@code lignum cert} with the JDK's real keytool. */
class CertCommandsTest {

    @TempDir
    static Path shared;

    /** A CA with one node, for the tests that add to it. */
    @BeforeAll
    static void createCluster() {
        CommandRun created = createCluster("oak-1=oak-1.example,10.0.0.1");
        assertThat(created.err()).contains("keep ca.key off the nodes");
        assertThat(created.code()).isZero();
        assertThat(created.out())
                .contains("node oak-1: " + certs().resolve("oak-1.pem"))
                .contains("user admin: " + certs().resolve("admin.pem"));
    }

    private static Path certs() {
        return shared.resolve("certs");
    }

    private static CommandRun createCluster(String... nodes) {
        return CommandRun.of(Stream.concat(
                        Stream.of("cert", "create-cluster", "--cluster", "prod", "--out"),
                        Stream.concat(Stream.of(certs().toString()), Stream.of(nodes)))
                .toArray(String[]::new));
    }

    private static CommandRun withCa(String... command) {
        return CommandRun.of(Stream.of(
                        Stream.of("cert"),
                        Stream.of(command),
                        Stream.of("--ca", certs().toString()))
                .flatMap(words -> words)
                .toArray(String[]::new));
    }

    private static String shown(String what, String... options) {
        return CommandRun.of(Stream.concat(Stream.of("cert", "show", what), Stream.of(options))
                        .toArray(String[]::new))
                .out();
    }

    @Test
    void keys_areReadableByTheirOwnerOnly() throws IOException {
        for (String key : new String[] {"ca.key", "oak-1.key", "admin.key"}) {
            assertThat(PosixFilePermissions.toString(
                            Files.getPosixFilePermissions(certs().resolve(key))))
                    .isEqualTo("rw-------");
        }
    }

    @Test
    void nodeAndUserThatAreAdded_areAcceptedByTheCluster(@TempDir Path data) throws IOException {
        assertThat(withCa("create-node", "oak-2", "--names", "oak-2.example").code())
                .isZero();
        assertThat(withCa("create-user", "shop").code()).isZero();
        try (TestNode node = TestNode.start(
                data,
                "tls.mode",
                "required",
                "tls.cert-file",
                certs().resolve("oak-2.pem").toString(),
                "tls.key-file",
                certs().resolve("oak-2.key").toString(),
                "tls.client-ca-file",
                certs().resolve("ca.pem").toString(),
                "server.grpc-client-auth",
                "required")) {
            CommandRun listed = CommandRun.of(
                    "topic",
                    "ls",
                    "--server",
                    "localhost:" + node.node().grpcPort(),
                    "--tls-ca",
                    certs().resolve("ca.pem").toString(),
                    "--tls-cert",
                    certs().resolve("shop.pem").toString(),
                    "--tls-key",
                    certs().resolve("shop.key").toString());
            assertThat(listed.code()).isZero();
            JsonNode presented = new ObjectMapper()
                    .readTree(shown("localhost:" + node.node().httpPort(), "--json"));
            assertThat(presented.get("subject").asText()).isEqualTo("CN=oak-2");
        }
    }

    @Test
    void existingFiles_areNeverOverwritten() throws IOException {
        byte[] before = Files.readAllBytes(certs().resolve("ca.key"));
        CommandRun again = createCluster("oak-1=localhost");
        assertThat(again.code()).isEqualTo(1);
        assertThat(again.err()).contains("ca.pem exists");
        assertThat(withCa("create-user", "admin").err()).contains("lignum cert renew");
        assertThat(Files.readAllBytes(certs().resolve("ca.key"))).isEqualTo(before);
    }

    @Test
    void renewedCertificate_hasTheSameNamesAndAnotherKey() throws IOException {
        byte[] before = Files.readAllBytes(certs().resolve("oak-1.key"));
        assertThat(withCa("renew", "oak-1").code()).isZero();
        assertThat(Files.readAllBytes(certs().resolve("oak-1.key"))).isNotEqualTo(before);
        assertThat(shown(certs().resolve("oak-1.pem").toString()))
                .contains("CN=oak-1", "oak-1.example, 10.0.0.1, localhost")
                .contains("lignum://prod/node/oak-1", "364 days left");
    }

    @Test
    void certificateThatEndsSoon_failsShow() {
        String file = TestCertificates.file("oak.pem").toString();
        assertThat(CommandRun.of("cert", "show", file, "--days", "30").code()).isZero();
        assertThat(CommandRun.of("cert", "show", file, "--days", "365").code()).isEqualTo(1);
    }

    @Test
    void wrongArguments_areNamed() {
        assertThat(createCluster("oak-1").err()).contains("'oak-1' is not NODE=NAME");
        assertThat(createCluster("oak-1=a b").err()).contains("'a b' is neither a host name");
        for (String address : new String[] {"1.2.3", "10.0.0.256", "::zz", "1:2"}) {
            assertThat(createCluster("oak-1=" + address).err())
                    .contains("'" + address + "' is neither a host name nor an address");
        }
        assertThat(createCluster("oak 1=a").err()).contains("'oak 1'; it must be 1 to 64");
        assertThat(createCluster("admin=a").err()).contains("admin is used twice");
        assertThat(withCa("renew", "ash").err()).contains("ash.pem cannot be read");
        assertThat(withCa("create-node", "ash", "--names", "").err()).contains("empty name");
        assertThat(CommandRun.of("cert", "show", "/no/file.pem").err())
                .contains("/no/file.pem cannot be read");
    }
}
