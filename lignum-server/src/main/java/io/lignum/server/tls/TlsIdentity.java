package io.lignum.server.tls;

import io.lignum.server.reload.UnusableFileException;

import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.X509TrustManager;

/**
 * The node's key and certificate and the CAs of its clients, as read from the files at one time.
 * Immutable. Each has a JDK context of its own, so sessions of one cannot be resumed with another.
 */
public final class TlsIdentity {

    private final SSLContext context;
    private final Optional<SSLContext> peerContext;
    private final X509Certificate leaf;
    private final byte[] digest;

    private TlsIdentity(
            SSLContext context,
            Optional<SSLContext> peerContext,
            X509Certificate leaf,
            byte[] digest) {
        this.context = context;
        this.peerContext = peerContext;
        this.leaf = leaf;
        this.digest = digest;
    }

    /** The contents of the files; read whole before anything of them is used. */
    private record Contents(
            byte[] certificate,
            byte[] key,
            Optional<byte[]> password,
            Optional<byte[]> clientCa,
            Optional<byte[]> clusterCa) {

        byte[] digest() {
            return PemFiles.digest(List.of(
                    Optional.of(certificate), Optional.of(key), password, clientCa, clusterCa));
        }
    }

    /**
     * Reads and checks the files. Blocks.
     *
     * @throws UnusableFileException the message names the file and what to do
     */
    public static TlsIdentity load(TlsConfig config) {
        return of(config, read(config.files()));
    }

    /** The same; empty if the files are still those of this identity. */
    Optional<TlsIdentity> loadIfChanged(TlsConfig config) {
        Contents contents = read(config.files());
        return Arrays.equals(digest, contents.digest())
                ? Optional.empty()
                : Optional.of(of(config, contents));
    }

    private static Contents read(TlsConfig.Files files) {
        return new Contents(
                PemFiles.read("tls.cert-file", files.certificate()),
                PemFiles.read("tls.key-file", files.key()),
                files.keyPassword().map(path -> PemFiles.read("tls.key-password-file", path)),
                files.clientCa().map(path -> PemFiles.read("tls.client-ca-file", path)),
                files.clusterCa().map(path -> PemFiles.read("cluster.tls-ca-file", path)));
    }

    private static TlsIdentity of(TlsConfig config, Contents contents) {
        TlsConfig.Files files = config.files();
        PrivateKey key = PemFiles.parse(
                "tls.key-file",
                files.key(),
                () -> PemText.privateKey(contents.key, contents.password.map(PemFiles::chars)));
        List<X509Certificate> chain = PemFiles.parse(
                "tls.cert-file",
                files.certificate(),
                () -> CertificateChain.of(
                        key,
                        PemText.certificates(contents.certificate),
                        CertificateChain.Use.SERVER));
        KeyManager[] keys = PemFiles.keyManagers(key, chain);
        Optional<PeerTrust> peers = contents.clusterCa.map(pem -> new PeerTrust(
                PemFiles.trust(cas("cluster.tls-ca-file", files.clusterCa(), pem)),
                config.cluster().orElseThrow()));
        peers.ifPresent(trust -> checkOwnName(trust, files.certificate(), chain.get(0)));
        X509TrustManager clients = PemFiles.trust(contents.clientCa
                .map(pem -> cas("tls.client-ca-file", files.clientCa(), pem))
                .orElse(List.of()));
        return new TlsIdentity(
                PemFiles.context(keys, clients),
                peers.map(trust -> PemFiles.context(keys, trust)),
                chain.get(0),
                contents.digest());
    }

    /** The other nodes would refuse it. */
    private static void checkOwnName(PeerTrust peers, Path file, X509Certificate own) {
        try {
            peers.checkName(own);
        } catch (CertificateException e) {
            throw new UnusableFileException(
                    "tls.cert-file: " + file + " cannot be used between nodes: " + e.getMessage(),
                    e);
        }
    }

    private static List<X509Certificate> cas(String setting, Optional<Path> file, byte[] pem) {
        return PemFiles.parse(setting, file.orElseThrow(), () -> PemText.certificates(pem));
    }

    /** The context for connections of clients that begin from now on. */
    public SSLContext context() {
        return context;
    }

    /**
     * The context for connections with other nodes that begin from now on; empty unless nodes use
     * TLS among themselves.
     */
    public Optional<SSLContext> peerContext() {
        return peerContext;
    }

    /** When the certificate ends. */
    public Instant notAfter() {
        return leaf.getNotAfter().toInstant();
    }

    /** The certificate in one line, for the log. */
    @Override
    public String toString() {
        return "certificate of " + leaf.getSubjectX500Principal() + ", serial "
                + leaf.getSerialNumber().toString(16) + ", valid until " + notAfter();
    }
}
