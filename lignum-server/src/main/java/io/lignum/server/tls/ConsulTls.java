package io.lignum.server.tls;

import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.X509TrustManager;

/**
 * What the TLS connections to the Consul agent need, as read from the files at one time: the CAs of
 * the agent, and the node's own certificate if the agent wants one. Immutable.
 */
public final class ConsulTls {

    /**
     * PEM files.
     *
     * @param ca of the agent; empty: the CAs of the JDK
     * @param certificate presented to the agent; empty: none
     * @param key of that certificate; present if it is
     */
    public record Sources(Optional<Path> ca, Optional<Path> certificate, Optional<Path> key) {}

    private final SSLContext context;
    private final X509TrustManager trust;
    private final byte[] digest;

    private ConsulTls(SSLContext context, X509TrustManager trust, byte[] digest) {
        this.context = context;
        this.trust = trust;
        this.digest = digest;
    }

    private record Contents(
            Optional<byte[]> ca, Optional<byte[]> certificate, Optional<byte[]> key) {}

    /**
     * Reads and checks the files. Blocks.
     *
     * @throws io.lignum.server.reload.UnusableFileException the message names the file and what to
     *     do
     */
    public static ConsulTls load(Sources files) {
        return of(files, read(files));
    }

    /** The same; this if the files are still those of this one. */
    public ConsulTls loadIfChanged(Sources files) {
        Contents contents = read(files);
        return Arrays.equals(digest, digest(contents)) ? this : of(files, contents);
    }

    private static Contents read(Sources files) {
        return new Contents(
                files.ca.map(path -> PemFiles.read("consul.tls-ca-file", path)),
                files.certificate.map(path -> PemFiles.read("consul.tls-cert-file", path)),
                files.key.map(path -> PemFiles.read("consul.tls-key-file", path)));
    }

    private static byte[] digest(Contents contents) {
        return PemFiles.digest(List.of(contents.ca, contents.certificate, contents.key));
    }

    private static ConsulTls of(Sources files, Contents contents) {
        X509TrustManager trust = contents.ca
                .map(pem -> PemFiles.trust(PemFiles.parse(
                        "consul.tls-ca-file",
                        files.ca.orElseThrow(),
                        () -> PemText.certificates(pem))))
                .orElseGet(PemFiles::trustOfTheJdk);
        KeyManager[] keys = contents.certificate
                .map(pem -> keys(files, pem, contents.key.orElseThrow()))
                .orElse(new KeyManager[0]);
        return new ConsulTls(PemFiles.context(keys, trust), trust, digest(contents));
    }

    private static KeyManager[] keys(Sources files, byte[] certificate, byte[] keyText) {
        PrivateKey key = PemFiles.parse(
                "consul.tls-key-file",
                files.key.orElseThrow(),
                () -> PemText.privateKey(keyText, Optional.empty()));
        List<X509Certificate> chain = PemFiles.parse(
                "consul.tls-cert-file",
                files.certificate.orElseThrow(),
                () -> CertificateChain.of(
                        key, PemText.certificates(certificate), CertificateChain.Use.CLIENT));
        return PemFiles.keyManagers(key, chain);
    }

    public SSLContext context() {
        return context;
    }

    public X509TrustManager trust() {
        return trust;
    }
}
