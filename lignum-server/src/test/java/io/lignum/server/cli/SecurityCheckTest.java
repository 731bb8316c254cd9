package io.lignum.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import io.lignum.access.credential.TokenText;
import io.lignum.record.Utf8;
import io.lignum.server.CommandRun;
import io.lignum.server.TestNode;
import io.lignum.server.security.RecoveryFile;
import io.lignum.server.tls.TestCertificates;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Optional;

/** {@code lignum security check}: what it finds in the settings of a node. */
class SecurityCheckTest {

    private static final String CLUSTER =
            "consul: {host: localhost}\nnode: {advertised-host: 127.0.0.1}\n";

    @TempDir
    Path directory;

    private CommandRun check(String settings, String... options) throws IOException {
        Path file = directory.resolve("config.yml");
        Files.write(
                file,
                Utf8.encode("message: {data-dir: " + directory.resolve("data") + "}\n" + settings));
        protect(file, "rw-r--r--");
        String[] all = new String[4 + options.length];
        System.arraycopy(
                new String[] {"security", "check", "--config", file.toString()}, 0, all, 0, 4);
        System.arraycopy(options, 0, all, 4, options.length);
        return CommandRun.of(all);
    }

    private static void protect(Path file, String permissions) throws IOException {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
    }

    private Path secret(String name, String permissions) throws IOException {
        Path file = Files.write(directory.resolve(name), Utf8.encode("correct horse battery\n"));
        protect(file, permissions);
        return file;
    }

    private String tls(String mode) throws IOException {
        Path key = directory.resolve("node.key");
        TestCertificates.copy("oak", directory.resolve("node.pem"), key);
        protect(key, "rw-------");
        return "tls: {mode: " + mode + ", cert-file: " + directory.resolve("node.pem")
                + ", key-file: " + key + "}\n";
    }

    @Test
    void defaults_areNoProblem() throws IOException {
        CommandRun run = check("");
        assertThat(run.code()).as(run.out() + run.err()).isEqualTo(Exit.OK);
        assertThat(run.out()).isEqualTo("""
                        mode         protected
                        HTTP         0.0.0.0:8080, TLS off
                        gRPC         0.0.0.0:9080, TLS off
                        """);
    }

    @Test
    void openPlainPorts_areProblemsUnlessTheyAreBoundToThisHost() throws IOException {
        CommandRun run = check("security: {mode: open}\n");
        assertThat(run.code()).isEqualTo(Exit.FAILED);
        assertThat(run.out())
                .contains("problem: every caller that reaches 0.0.0.0 may do everything")
                .contains("problem: the HTTP port accepts connections without TLS")
                .contains("problem: the gRPC port accepts connections without TLS");
        assertThat(check("security: {mode: open}\nserver: {host: 127.0.0.1}\n").code())
                .isEqualTo(Exit.OK);
    }

    @Test
    void certificate_isAProblemBeforeItsEnd() throws IOException {
        String settings = "security: {mode: on, superusers: 'cert:ops'}\n" + tls("required");
        CommandRun run = check(settings);
        assertThat(run.code()).as(run.out()).isEqualTo(Exit.OK);
        assertThat(run.out()).contains("TLS required", "certificate  ends ", "in 99 days");
        CommandRun soon = check(settings.replace(
                "mode: required", "mode: required," + " expiry-warning-in-days: 200"));
        assertThat(soon.code()).isEqualTo(Exit.FAILED);
        assertThat(soon.out())
                .contains("problem: the certificate in tls.cert-file ends in 99 days");
        Files.write(directory.resolve("node.pem"), Utf8.encode("no certificate"));
        assertThat(check(settings).out()).contains("problem: ", "tls.cert-file");
    }

    @Test
    void secretsThatOthersCanRead_areProblems() throws IOException {
        Path readable = secret("readable", "rw-r--r--");
        CommandRun run = check(CLUSTER + "cluster: {secret-file: " + readable + "}\n");
        assertThat(run.out())
                .contains("problem: cluster.secret-file can be read by every user of this host")
                .doesNotContain("weak", "horse", "config.yml");
        CommandRun inline = check(CLUSTER + "cluster: {secret: short}\n");
        assertThat(inline.code()).isEqualTo(Exit.FAILED);
        assertThat(inline.out())
                .contains("problem: cluster.secret is weak")
                .contains("problem: the settings, which have a secret, can be read by every user");
        Path own = secret("own", "rw-------");
        CommandRun good =
                check(CLUSTER + "server: {host: 127.0.0.1}\ncluster: {secret-file: " + own + "}\n");
        assertThat(good.code()).as(good.out()).isEqualTo(Exit.OK);
        assertThat(good.out()).contains("internal     127.0.0.1:8126, TLS off");
    }

    @Test
    void usersOfAStoppedNode_areComparedWithTheSuperusers() throws IOException {
        String settings = """
                server: {host: 127.0.0.1}
                security: {mode: on, superusers: 'user:ada,user:eve,cert:ops'}
                """;
        try (TestNode node = TestNode.start(directory.resolve("data"))) {
            node.node().session().security().createUser("ada", Optional.empty()).join();
            assertThat(check(settings).code()).isEqualTo(Exit.OK); // They are not known.
        }
        CommandRun run = check(settings);
        assertThat(run.code()).isEqualTo(Exit.FAILED);
        assertThat(run.out())
                .contains("problem: security.superusers names user:eve")
                .doesNotContain("user:ada", "cert:ops");
        assertThat(check("server: {host: 127.0.0.1}\nsecurity: {mode: on}\n").code())
                .isEqualTo(Exit.OK);
    }

    @Test
    void withoutUsersAndWithARecoveryToken_modeOnHasTwoProblems() throws IOException {
        Path data = Files.createDirectories(directory.resolve("data"));
        RecoveryFile.write(data, TokenText.random(), Instant.now().plusSeconds(3_600));
        JsonNode json = new ObjectMapper()
                .readTree(check("server: {host: 127.0.0.1}\nsecurity: {mode: on}\n", "--json")
                        .out());
        assertThat(json.get("mode").asText()).isEqualTo("on");
        assertThat(json.get("ports")).hasSize(2);
        assertThat(json.get("problems").toString())
                .contains("a recovery token is valid", "no caller can log in");
    }

    @Test
    void settingsThatAreNotValid_areAnErrorOfUsage() throws IOException {
        assertThat(check("security: {mode: oben}\n").code()).isEqualTo(Exit.USAGE);
    }
}
