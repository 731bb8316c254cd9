package io.lignum.server.cli;

import io.lignum.access.Principal;
import io.lignum.access.state.SecurityState;
import io.lignum.cluster.transport.PeerSecrets;
import io.lignum.cluster.transport.PeerTls;
import io.lignum.server.access.SecurityMode;
import io.lignum.server.config.ClusterSettings;
import io.lignum.server.config.ServerConfig;
import io.lignum.server.reload.UnusableFileException;
import io.lignum.server.security.BootstrapFile;
import io.lignum.server.security.RecoveryFile;
import io.lignum.server.tls.ClientAuth;
import io.lignum.server.tls.TlsConfig;
import io.lignum.server.tls.TlsIdentity;
import io.lignum.server.tls.TlsMode;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * What a node with given settings exposes, and what is wrong with that. Created by the command, in
 * one thread; reads files and connects to nothing.
 */
final class SecurityFindings {

    /** A port that the node would bind. */
    record Port(String name, String host, int number, String tls) {}

    private final ServerConfig config;
    private final Instant now;
    private final boolean isReachable;
    private final List<Port> ports = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();
    private Optional<Instant> certificateEnd = Optional.empty();

    private SecurityFindings(ServerConfig config, Instant now) {
        this.config = config;
        this.now = now;
        this.isReachable = isReachable(config.host());
    }

    /** @param file that the settings were read from, which may have secrets, too */
    static SecurityFindings of(ServerConfig config, @Nullable Path file, Instant now)
            throws IOException {
        SecurityFindings findings = new SecurityFindings(config, now);
        findings.addPorts();
        findings.checkMode();
        findings.checkCertificate();
        findings.config.cluster().ifPresent(findings::checkCluster);
        findings.checkFiles(file);
        findings.checkUsers();
        return findings;
    }

    String mode() {
        return config.access().mode().text();
    }

    List<Port> ports() {
        return ports;
    }

    List<String> problems() {
        return problems;
    }

    /** When the certificate ends; empty: no TLS, or it cannot be used. */
    Optional<Instant> certificateEnd() {
        return certificateEnd;
    }

    /** The days until then; negative: it has ended. */
    long certificateDays() {
        return certificateEnd.map(end -> Duration.between(now, end).toDays()).orElse(0L);
    }

    private static boolean isReachable(String host) {
        try {
            return !InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            throw CommandFailure.usage("server.host is " + host + ", which is not an address");
        }
    }

    private void addPorts() {
        ports.add(new Port("HTTP", config.host(), config.httpPort(), text(http())));
        ports.add(new Port("gRPC", config.host(), config.grpcPort(), text(grpc())));
        config.cluster()
                .ifPresent(cluster -> ports.add(new Port(
                        "internal",
                        cluster.bindHost(),
                        cluster.internalPort(),
                        text(cluster.tls()))));
    }

    private static String text(Enum<?> mode) {
        return mode.name().toLowerCase(Locale.ROOT);
    }

    private TlsMode http() {
        return config.tls().map(tls -> tls.http().mode()).orElse(TlsMode.OFF);
    }

    private TlsMode grpc() {
        return config.tls().map(tls -> tls.grpc().mode()).orElse(TlsMode.OFF);
    }

    private void checkMode() {
        SecurityMode mode = config.access().mode();
        if (!isReachable || mode == SecurityMode.PROTECTED) {
            return;
        }
        if (mode == SecurityMode.OPEN && !needsCertificates()) {
            problems.add("every caller that reaches " + config.host()
                    + " may do everything: security.mode is open");
        }
        if (mode == SecurityMode.OBSERVE) {
            problems.add("nothing is refused to callers without a login: security.mode is observe");
        }
        checkPlain("HTTP", http());
        checkPlain("gRPC", grpc());
        if (config.access().logins().plainCredentials()) {
            problems.add("passwords and tokens are accepted without TLS:"
                    + " security.allow-plain-credentials is true");
        }
    }

    private boolean needsCertificates() {
        return config.tls()
                .filter(tls -> tls.http().clientAuth() == ClientAuth.REQUIRED
                        && tls.grpc().clientAuth() == ClientAuth.REQUIRED)
                .isPresent();
    }

    private void checkPlain(String port, TlsMode tls) {
        if (tls != TlsMode.REQUIRED) {
            problems.add("the " + port + " port accepts connections without TLS, which others on"
                    + " the network can read: set tls.mode: required");
        }
    }

    private void checkCertificate() {
        Optional<TlsConfig> tls = config.tls();
        if (tls.isEmpty()) {
            return;
        }
        try {
            certificateEnd = Optional.of(TlsIdentity.load(tls.get()).notAfter());
        } catch (UnusableFileException e) {
            problems.add(String.valueOf(e.getMessage()));
            return;
        }
        Duration left = Duration.between(now, certificateEnd.get());
        if (left.isNegative()) {
            problems.add("the certificate in tls.cert-file has ended");
        } else if (left.compareTo(tls.get().expiryWarning()) <= 0) {
            problems.add("the certificate in tls.cert-file ends in " + left.toDays() + " days");
        }
    }

    /** Without a secret the internal port accepts this host only. */
    private void checkCluster(ClusterSettings cluster) {
        Optional<String> secret = cluster.secrets().own();
        if (secret.isEmpty()) {
            return;
        }
        if (PeerSecrets.isWeak(secret.get())) {
            problems.add("cluster.secret is weak: use " + PeerSecrets.MIN_STRONG_CHARS
                    + " random characters or more");
        }
        if (isReachable && cluster.tls() != PeerTls.Mode.REQUIRE) {
            problems.add("the internal port accepts connections without TLS, which others on the"
                    + " network can read: set cluster.tls: require");
        }
    }

    private void checkFiles(@Nullable Path file) throws IOException {
        if (file != null && config.hasSecretOf(file)) {
            checkReaders("the settings, which have a secret,", file);
        }
        for (var secret : config.secretFiles().entrySet()) {
            checkReaders(secret.getKey(), secret.getValue());
        }
        for (String name : List.of(BootstrapFile.NAME, RecoveryFile.NAME)) {
            checkReaders(name, config.dataDirectory().resolve(name));
        }
        if (RecoveryFile.end(config.dataDirectory()).filter(now::isBefore).isPresent()) {
            problems.add("a recovery token is valid: delete "
                    + config.dataDirectory().resolve(RecoveryFile.NAME) + " when you are done");
        }
    }

    private void checkReaders(String what, Path file) throws IOException {
        if (!Files.exists(file) || !Files.getFileStore(file).supportsFileAttributeView("posix")) {
            return;
        }
        Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
        if (permissions.contains(PosixFilePermission.OTHERS_READ)) {
            problems.add(what + " can be read by every user of this host: chmod o= " + file);
        }
    }

    private void checkUsers() throws IOException {
        Set<Principal> superusers = config.access().logins().superusers();
        Optional<SecurityState> known = StoppedNode.users(config.dataDirectory());
        if (known.isEmpty()) {
            return;
        }
        superusers.stream()
                .filter(one -> one.kind() == Principal.Kind.USER
                        && known.get().user(one.name()).isEmpty())
                .forEach(
                        one -> problems.add(
                                "security.superusers names " + one
                                        + ", and there is no such user: an administrator who creates it makes another superuser"));
        boolean willBeCreated = config.bootstrapUserFile().isPresent()
                || Files.exists(config.dataDirectory().resolve(BootstrapFile.NAME));
        if (config.access().mode() == SecurityMode.ON
                && !known.get().hasUsers()
                && superusers.isEmpty()
                && !willBeCreated) {
            problems.add("no caller can log in: there is no user. Use lignum security init");
        }
    }
}
