package io.lignum.cluster.consul;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;

import io.lignum.cluster.coordinator.CoordinatorException;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/** HTTPS to an agent with a certificate of its own, played by the JDK's server. */
final class ConsulTlsTest {

    private static final String PASSWORD = "changeit";

    private final Path directory;
    private final Path certificate;
    private final HttpsServer server;
    private final List<String> tokens = new CopyOnWriteArrayList<>();
    private final List<String> queries = new CopyOnWriteArrayList<>();

    ConsulTlsTest(@TempDir Path directory) throws Exception {
        this.directory = directory;
        certificate = directory.resolve("ca.pem");
        keytool(
                "-genkeypair",
                "-keyalg",
                "EC",
                "-dname",
                "CN=localhost",
                "-ext",
                "san=ip:127.0.0.1");
        keytool("-exportcert", "-rfc", "-file", certificate.toString());
        server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(context()));
        server.createContext("/v1/kv/", exchange -> {
            tokens.add(exchange.getRequestHeaders().getFirst("X-Consul-Token"));
            queries.add(exchange.getRequestURI().getQuery());
            exchange.sendResponseHeaders(404, -1);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private void keytool(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString()));
        command.addAll(Arrays.asList(arguments));
        command.addAll(List.of("-alias", "agent", "-storetype", "PKCS12", "-storepass", PASSWORD));
        command.addAll(List.of("-keystore", directory.resolve("keys.p12").toString()));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("keytool.out").toFile())
                .start();
        assertThat(process.waitFor()).isZero();
    }

    private SSLContext context() throws Exception {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(directory.resolve("keys.p12"))) {
            keys.load(in, PASSWORD.toCharArray());
        }
        KeyManagerFactory factory =
                KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(keys, PASSWORD.toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(factory.getKeyManagers(), null, null);
        return context;
    }

    /** @param trusted empty: the JDK's CAs */
    private static ConsulSettings.Tls tls(Optional<Path> trusted) throws Exception {
        TrustManagerFactory factory =
                TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        KeyStore store = null;
        if (trusted.isPresent()) {
            store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            try (InputStream in = Files.newInputStream(trusted.get())) {
                store.setCertificateEntry(
                        "agent", CertificateFactory.getInstance("X.509").generateCertificate(in));
            }
        }
        factory.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, factory.getTrustManagers(), null);
        return new ConsulSettings.Tls(context, (X509TrustManager) factory.getTrustManagers()[0]);
    }

    private ConsulSettings settings(Optional<Path> trusted, String token) throws Exception {
        return new ConsulSettings(
                "127.0.0.1",
                server.getAddress().getPort(),
                Optional.of(tls(trusted)),
                Optional.of(token),
                Optional.of("dc7"),
                Duration.ofSeconds(5),
                Duration.ofSeconds(5));
    }

    private ConsulCoordinator connect(Optional<Path> trusted) throws Exception {
        return new ConsulCoordinator(settings(trusted, "s3cret"), ConsulSite::failed);
    }

    private static void read(ConsulCoordinator coordinator) {
        assertThat(coordinator.read("key").orTimeout(10, TimeUnit.SECONDS).join())
                .isEmpty();
    }

    @Test
    void changedSettings_areUsedByTheNextCall() throws Exception {
        AtomicReference<ConsulSettings> settings =
                new AtomicReference<>(settings(Optional.of(certificate), "first"));
        try (ConsulCoordinator coordinator =
                new ConsulCoordinator(settings::get, ConsulSite::failed)) {
            read(coordinator);
            for (String token : List.of("second", "third", "fourth")) {
                settings.set(settings(Optional.of(certificate), token));
                read(coordinator);
            }
        }
        assertThat(tokens).containsExactly("first", "second", "third", "fourth");
    }

    @Test
    void trustedCertificate_isSpokenToWithTokenAndDatacenter() throws Exception {
        try (ConsulCoordinator coordinator = connect(Optional.of(certificate))) {
            read(coordinator);
        }
        assertThat(tokens).containsExactly("s3cret");
        assertThat(queries.get(0)).contains("dc=dc7").contains("consistent");
    }

    @Test
    void unknownCertificate_isNotSpokenTo() throws Exception {
        try (ConsulCoordinator coordinator = connect(Optional.empty())) {
            assertThatThrownBy(() -> coordinator
                            .read("key")
                            .orTimeout(10, TimeUnit.SECONDS)
                            .join())
                    .hasCauseInstanceOf(CoordinatorException.class);
        }
        assertThat(tokens).isEmpty();
    }
}
