package io.lignum.server.cluster;

import io.lignum.client.Credentials;
import io.lignum.client.LignumClient;
import io.lignum.client.Tls;
import io.lignum.server.TestNode;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * How a test calls nodes: with TLS or without, with a login or without; by HTTP, by the client and
 * by commands. Immutable; any thread.
 */
public final class TestLogins {

    /** Without TLS and a login. */
    public static final TestLogins PLAIN =
            new TestLogins(Optional.empty(), Optional.empty(), List.of(), TestNode.client());

    private final Optional<Tls> tls;
    private final Optional<Credentials> credentials;
    private final List<String> options;
    private final HttpClient http;

    private TestLogins(
            Optional<Tls> tls,
            Optional<Credentials> credentials,
            List<String> options,
            HttpClient http) {
        this.tls = tls;
        this.credentials = credentials;
        this.options = options;
        this.http = http;
    }

    /** With TLS, trusting the CAs that are in the file now. */
    public static TestLogins trusting(Path caFile) {
        HttpClient http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofSeconds(30))
                .sslContext(context(caFile))
                .build();
        return new TestLogins(
                Optional.of(Tls.trusting(caFile)),
                Optional.empty(),
                List.of("--tls-ca", caFile.toString()),
                http);
    }

    /** The same, with the token in this file, which may change. */
    public TestLogins withToken(Path file) {
        return with(Credentials.token(() -> read(file)), "--token-file", file.toString());
    }

    /** The same, with the password in this file, which may change. */
    TestLogins withPassword(String user, Path file) {
        return with(
                Credentials.password(user, () -> read(file)),
                "--user",
                user,
                "--password-file",
                file.toString());
    }

    /** The same, with a certificate, which HTTP calls do not present. */
    TestLogins withCertificate(Path certificate, Path key) {
        return new TestLogins(
                tls.map(own -> own.certificate(certificate, key)),
                credentials,
                joined("--tls-cert", certificate.toString(), "--tls-key", key.toString()),
                http);
    }

    private TestLogins with(Credentials login, String... loginOptions) {
        return new TestLogins(tls, Optional.of(login), joined(loginOptions), http);
    }

    private List<String> joined(String... more) {
        return Stream.concat(options.stream(), Stream.of(more)).toList();
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static SSLContext context(Path caFile) {
        try (InputStream in = Files.newInputStream(caFile)) {
            KeyStore trusted = KeyStore.getInstance("PKCS12");
            trusted.load(null, null);
            for (Certificate one :
                    CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                trusted.setCertificateEntry("ca-" + trusted.size(), one);
            }
            TrustManagerFactory factory =
                    TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(trusted);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, factory.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A client of these addresses. */
    public LignumClient connect(String... addresses) {
        LignumClient.Builder builder = LignumClient.builder().addresses(addresses);
        tls.ifPresent(builder::tls);
        credentials.ifPresent(builder::credentials);
        return builder.build();
    }

    HttpResponse<String> call(
            String method, String authority, String path, String body, Duration timeout) {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create((tls.isPresent() ? "https://" : "http://") + authority + path))
                .timeout(timeout)
                .method(method, BodyPublishers.ofString(body));
        credentials.ifPresent(own -> request.header("Authorization", own.authorization()));
        return TestNode.send(http, request.build(), BodyHandlers.ofString());
    }

    /** The options of a command. */
    List<String> options() {
        return options;
    }
}
