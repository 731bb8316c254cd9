package io.lignum.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.access.credential.TokenText;
import io.lignum.server.cert.CertificateAuthority;
import io.lignum.server.cert.PresentedCertificates;
import io.lignum.server.cert.Subject;
import io.lignum.server.cert.Subject.Kind;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Certificates, tokens and passwords are replaced in a cluster with TLS and a login. The load goes
 * on all the time, and no send fails. {@code make migration} runs it.
 */
class RotationCampaign {

    private static final int DAYS = 90;
    private static final Duration INTERVAL = Duration.ofMillis(10);
    private static final Duration SOON = Duration.ofSeconds(60);

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path directory = Path.of("");

    private JarCluster cluster;
    private ClusterSecrets secrets;
    private final List<SteadyLoad> loads = new ArrayList<>();

    /** Three clients: one has a token, one a password, and one a certificate. */
    @BeforeEach
    void start() {
        cluster = new JarCluster(directory, "cluster.secret", "a secret of the tests");
        secrets = new ClusterSecrets(directory.resolve("certificates"));
        for (int i = 0; i < 3; i++) {
            secrets.issue(cluster.add());
        }
        cluster.nodes().forEach(this::launch);
        cluster.nodes().forEach(NodeProcess::awaitReady);
        NodeProcess any = cluster.nodes().get(0);
        secrets.createAdminToken(any);
        cluster.access(secrets.user("admin"));
        cluster.awaitInSync(3);
        secrets.createUser(any, "orders");
        secrets.createUser(any, "bills");
        setPassword("the first password of bills");
        secrets.ca().issue(new Subject("test", Kind.USER, "mails", List.of()), DAYS);
        secrets.allow(any, "cert:mails", "producer");
        secrets.allow(any, "cert:mails", "consumer");
        load("orders", secrets.user("orders"));
        load("bills", secrets.tls().withPassword("bills", secrets.file("bills.password")));
        load(
                "mails",
                secrets.tls()
                        .withCertificate(secrets.file("mails.pem"), secrets.file("mails.key")));
    }

    private void load(String topic, TestLogins access) {
        loads.add(new SteadyLoad(cluster, topic, access, INTERVAL));
    }

    private void launch(NodeProcess node) {
        node.launch(secrets.allOn(
                node.id(),
                "tls.client-ca-file",
                secrets.file("ca.pem").toString(),
                "server.grpc-client-auth",
                "optional"));
    }

    @AfterEach
    void stop() {
        loads.forEach(SteadyLoad::close);
        cluster.close();
    }

    @Test
    void secretsReplacedUnderLoad_failNoSend() throws Exception {
        renewCertificates();
        unusableFiles_leaveTheOldOnesInUse();
        swapSymbolicLink();
        replaceToken();
        replacePassword();
        replaceCa();
        for (NodeProcess node : cluster.nodes()) { // All clients connect again.
            assertThat(node.terminate()).isEqualTo(143);
            launch(node);
            cluster.awaitInSync(3);
        }
        for (SteadyLoad load : loads) {
            load.awaitMore(200);
            load.finishAndVerify();
        }
    }

    private void loadGoesOn() {
        loads.forEach(load -> load.awaitMore(200));
    }

    private void renewCertificates() {
        for (NodeProcess node : cluster.nodes()) {
            ResumingClient client = new ResumingClient(secrets.file("ca.pem"));
            BigInteger before = client.serial(node.place(), node.grpcPort());
            assertThat(client.serial(node.place(), node.httpPort())).isEqualTo(before);
            BigInteger serial =
                    secrets.ca().renew(node.id(), DAYS).certificate().getSerialNumber();
            awaitSerial(node, serial);
            // A session that was resumed would have the certificate of its first connection.
            assertThat(client.serial(node.place(), node.grpcPort())).isEqualTo(serial);
            assertThat(client.serial(node.place(), node.httpPort())).isEqualTo(serial);
        }
        loadGoesOn();
    }

    private static List<BigInteger> serials(NodeProcess node) {
        return List.of(node.httpPort(), node.grpcPort(), node.internalPort()).stream()
                .map(port -> PresentedCertificates.of(node.place().address(), port, 10_000)
                        .get(0)
                        .getSerialNumber())
                .toList();
    }

    /** Until all listeners of the node present this certificate. */
    private static void awaitSerial(NodeProcess node, BigInteger serial) {
        Awaitility.await(node + " presents the certificate " + serial)
                .atMost(SOON)
                .until(() -> serials(node).equals(List.of(serial, serial, serial)));
    }

    private static double reloads(NodeProcess node, String outcome) {
        Matcher line = Pattern.compile(
                        "(?m)^lignum_tls_reloads_total\\{.*outcome=\"" + outcome + "\".*} (\\S+)$")
                .matcher(node.text("/metrics"));
        assertThat(line.find()).isTrue();
        return Double.parseDouble(line.group(1));
    }

    private static void awaitReload(NodeProcess node, String outcome, double before) {
        Awaitility.await(node + " has read its files: " + outcome)
                .atMost(SOON)
                .until(() -> reloads(node, outcome) > before);
    }

    /** A wrong key, an empty file and half a file. */
    private void unusableFiles_leaveTheOldOnesInUse() throws IOException {
        NodeProcess node = cluster.leader();
        List<BigInteger> before = serials(node);
        Path certificate = secrets.file(node.id() + ".pem");
        byte[] whole = Files.readAllBytes(certificate);
        byte[] other =
                Files.readAllBytes(secrets.file(cluster.followers().get(0).id() + ".pem"));
        for (byte[] bad : List.of(other, new byte[0], Arrays.copyOf(whole, whole.length / 2))) {
            double failed = reloads(node, "failed");
            Files.write(certificate, bad);
            awaitReload(node, "failed", failed);
            assertThat(serials(node)).isEqualTo(before);
            loadGoesOn();
        }
        Files.write(certificate, whole);
    }

    /** As Kubernetes replaces the files of a secret. */
    private void swapSymbolicLink() throws IOException {
        NodeProcess node = cluster.leader();
        Path certificate = secrets.file(node.id() + ".pem");
        Path key = secrets.file(node.id() + ".key");
        Path old = Files.createDirectories(secrets.file("old"));
        Files.move(certificate, old.resolve("tls.pem"));
        Files.move(key, old.resolve("tls.key"));
        BigInteger serial = secrets.issue(node).certificate().getSerialNumber();
        Path fresh = Files.createDirectories(secrets.file("fresh"));
        Files.move(certificate, fresh.resolve("tls.pem"));
        Files.move(key, fresh.resolve("tls.key"));
        Path data = Files.createSymbolicLink(secrets.file("data"), old);
        Files.createSymbolicLink(certificate, data.resolve("tls.pem"));
        Files.createSymbolicLink(key, data.resolve("tls.key"));
        loadGoesOn();
        Path next = Files.createSymbolicLink(secrets.file("next"), fresh);
        Files.move(next, data, StandardCopyOption.ATOMIC_MOVE);
        awaitSerial(node, serial);
        loadGoesOn();
        Files.delete(certificate);
        Files.delete(key);
        Files.copy(fresh.resolve("tls.pem"), certificate);
        Files.copy(fresh.resolve("tls.key"), key);
    }

    private void replaceToken() throws IOException {
        NodeProcess any = cluster.nodes().get(0);
        String old = Files.readString(secrets.file("orders.token"));
        secrets.createToken(any, "orders");
        String id = TokenText.parse(old.strip()).orElseThrow().id();
        ClusterSecrets.assertDone(secrets.byPassword(any, "token", "delete", id));
        loadGoesOn();
    }

    private void replacePassword() {
        setPassword("the second password of bills");
        loadGoesOn();
    }

    /**
     * Replaces the client's file first: the client reads it when a node refuses the old password.
     */
    private void setPassword(String password) {
        secrets.replace("bills.password", password);
        ClusterSecrets.assertDone(secrets.byPassword(
                cluster.nodes().get(0),
                "user",
                "password",
                "bills",
                "--new-password-file",
                secrets.file("bills.password").toString()));
    }

    /** Trust both CAs, reissue all certificates, then trust the new one only. */
    private void replaceCa() throws IOException {
        Path other = secrets.file("second");
        CertificateAuthority second = CertificateAuthority.create(other, "test");
        String newCa = Files.readString(other.resolve("ca.pem"));
        trust(Files.readString(secrets.file("ca.pem")) + newCa);
        loadGoesOn();
        for (NodeProcess node : cluster.nodes()) {
            CertificateAuthority.Issued issued = second.issue(secrets.subject(node), DAYS);
            Files.copy(
                    issued.certificateFile(),
                    secrets.file(node.id() + ".pem"),
                    StandardCopyOption.REPLACE_EXISTING);
            Files.copy(
                    issued.keyFile(),
                    secrets.file(node.id() + ".key"),
                    StandardCopyOption.REPLACE_EXISTING);
            awaitSerial(node, issued.certificate().getSerialNumber());
        }
        second.issue(new Subject("test", Kind.USER, "mails", List.of()), DAYS);
        for (String name : List.of("mails.pem", "mails.key")) {
            Files.copy(
                    other.resolve(name), secrets.file(name), StandardCopyOption.REPLACE_EXISTING);
        }
        trust(newCa);
        cluster.access(secrets.user("admin"));
        loadGoesOn();
    }

    private void trust(String authorities) {
        List<Double> before =
                cluster.nodes().stream().map(node -> reloads(node, "replaced")).toList();
        secrets.replace("ca.pem", authorities);
        for (int i = 0; i < before.size(); i++) {
            NodeProcess node = cluster.nodes().get(i);
            awaitReload(node, "replaced", before.get(i));
        }
    }
}
