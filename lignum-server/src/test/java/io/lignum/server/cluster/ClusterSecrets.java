package io.lignum.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.server.CommandRun;
import io.lignum.server.cert.CertificateAuthority;
import io.lignum.server.cert.Subject;
import io.lignum.server.cert.Subject.Kind;

import org.awaitility.Awaitility;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;

/**
 * The files of a cluster named {@code test} with TLS and users: a CA, a certificate for each node,
 * the administrator's password, and tokens. One thread.
 */
public final class ClusterSecrets {

    private static final int DAYS = 100;
    private static final String ADMIN = "admin";
    private static final String PASSWORD = "the administrator's password";

    private final Path directory;
    private final CertificateAuthority ca;

    /** Creates the CA. */
    public ClusterSecrets(Path directory) {
        try {
            this.directory = Files.createDirectories(directory);
            ca = CertificateAuthority.create(directory, "test");
            Files.writeString(file("password"), PASSWORD);
            Files.writeString(file("bootstrap"), ADMIN + ":" + PASSWORD);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@code ca.pem}, {@code node-1.pem}, {@code node-1.key}, {@code shop.token} and so on. */
    public Path file(String name) {
        return directory.resolve(name);
    }

    /** The CA that issues certificates now. */
    CertificateAuthority ca() {
        return ca;
    }

    /** Issues the certificate of a node, for the address of its place. */
    public CertificateAuthority.Issued issue(NodeProcess node) {
        return ca.issue(subject(node), DAYS);
    }

    Subject subject(NodeProcess node) {
        return new Subject("test", Kind.NODE, node.id(), List.of(node.place().address()));
    }

    /** The settings by which a node uses its files, and others. The files may come later. */
    public String[] settings(String nodeId, String... further) {
        return Stream.concat(
                        Stream.of(
                                "tls.cert-file",
                                file(nodeId + ".pem").toString(),
                                "tls.key-file",
                                file(nodeId + ".key").toString(),
                                "cluster.tls-ca-file",
                                file("ca.pem").toString(),
                                "tls.reload-interval-in-ms",
                                "500"),
                        Stream.of(further))
                .toArray(String[]::new);
    }

    /** The settings with which a node requires TLS and a login, and creates the administrator. */
    public String[] allOn(String nodeId, String... further) {
        return settings(
                nodeId,
                Stream.concat(
                                Stream.of(
                                        "cluster.name",
                                        "test",
                                        "tls.mode",
                                        "required",
                                        "cluster.tls",
                                        "require",
                                        "security.mode",
                                        "on",
                                        "security.bootstrap-user-file",
                                        file("bootstrap").toString()),
                                Stream.of(further))
                        .toArray(String[]::new));
    }

    /** With TLS, without a login. */
    public TestLogins tls() {
        return TestLogins.trusting(file("ca.pem"));
    }

    /** With TLS, and a token that was created before. */
    public TestLogins user(String name) {
        return tls().withToken(file(name + ".token"));
    }

    /**
     * Creates a token for the administrator, who may do everything. Waits until the node knows the
     * administrator.
     */
    public void createAdminToken(NodeProcess node) {
        Awaitility.await("the administrator can log in")
                .atMost(JarCluster.TIMEOUT)
                .untilAsserted(() -> keep(ADMIN, byPassword(node, "token", "create", ADMIN)));
    }

    /** Creates a user that may produce and consume, and a token. */
    public void createUser(NodeProcess node, String name) {
        assertDone(byPassword(node, "user", "create", name, "--no-password"));
        allow(node, "user:" + name, "producer");
        allow(node, "user:" + name, "consumer");
        createToken(node, name);
    }

    /** Allows a principal something on all topics. */
    public void allow(NodeProcess node, String principal, String what) {
        assertDone(byPassword(node, "access", "grant", principal, what, "topic:*"));
    }

    /** Creates a token and puts it into the user's file, in place of the one before. */
    void createToken(NodeProcess node, String user) {
        keep(user, byPassword(node, "token", "create", user));
    }

    private void keep(String user, CommandRun created) {
        assertDone(created);
        replace(user + ".token", created.out());
    }

    /** Replaces a file by another one, so that no reader sees half of it. */
    void replace(String name, String text) {
        try {
            Path fresh = Files.writeString(file(name + ".new"), text);
            Files.move(fresh, file(name), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A command of the administrator. */
    CommandRun byPassword(NodeProcess node, String... args) {
        return CommandRun.of(Stream.concat(
                        Stream.of(args),
                        Stream.of(
                                "--server",
                                node.address(),
                                "--tls-ca",
                                file("ca.pem").toString(),
                                "--user",
                                ADMIN,
                                "--password-file",
                                file("password").toString()))
                .toArray(String[]::new));
    }

    static void assertDone(CommandRun run) {
        assertThat(run.code()).as(run.err()).isZero();
    }
}
