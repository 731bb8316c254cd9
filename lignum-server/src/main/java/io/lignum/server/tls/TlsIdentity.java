package io.lignum.server.tls;

import io.lignum.record.IoErrors;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/**
 * The node's key and certificate and the CAs of its clients, as read from the files at one time.
 * Immutable. Each has a JDK context of its own, so sessions of one cannot be resumed with another.
 */
public final class TlsIdentity {

    /** A chain of some certificates is a few KiB; a list of all public CAs is 250 KiB. */
    private static final int MAX_FILE_BYTES = 1024 * 1024;

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
            try {
                MessageDigest sha = MessageDigest.getInstance("SHA-256");
                for (byte[] file : List.of(
                        certificate,
                        key,
                        password.orElse(new byte[0]),
                        clientCa.orElse(new byte[0]),
                        clusterCa.orElse(new byte[0]))) {
                    sha.update((byte) (file.length >> 16));
                    sha.update((byte) (file.length >> 8));
                    sha.update((byte) file.length);
                    sha.update(file);
                }
                return sha.digest();
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("every JDK has SHA-256", e);
            }
        }
    }

    /**
     * Reads and checks the files. Blocks.
     *
     * @throws TlsFilesException the message names the file and what to do
     */
    static TlsIdentity load(TlsConfig config) {
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
                bytes("tls.cert-file", files.certificate()),
                bytes("tls.key-file", files.key()),
                files.keyPassword().map(path -> bytes("tls.key-password-file", path)),
                files.clientCa().map(path -> bytes("tls.client-ca-file", path)),
                files.clusterCa().map(path -> bytes("cluster.tls-ca-file", path)));
    }

    private static TlsIdentity of(TlsConfig config, Contents contents) {
        TlsConfig.Files files = config.files();
        PrivateKey key = parse(
                "tls.key-file",
                files.key(),
                () -> PemText.privateKey(contents.key, contents.password.map(TlsIdentity::chars)));
        List<X509Certificate> chain = parse(
                "tls.cert-file",
                files.certificate(),
                () -> CertificateChain.of(key, PemText.certificates(contents.certificate)));
        KeyManager[] keys = keyManagers(key, chain);
        Optional<PeerTrust> peers = contents.clusterCa.map(pem -> new PeerTrust(
                trust(cas("cluster.tls-ca-file", files.clusterCa(), pem)),
                config.cluster().orElseThrow()));
        peers.ifPresent(trust -> checkOwnName(trust, files.certificate(), chain.get(0)));
        X509TrustManager clients = trust(contents.clientCa
                .map(pem -> cas("tls.client-ca-file", files.clientCa(), pem))
                .orElse(List.of()));
        return new TlsIdentity(
                context(keys, clients),
                peers.map(trust -> context(keys, trust)),
                chain.get(0),
                contents.digest());
    }

    /** The other nodes would refuse it. */
    private static void checkOwnName(PeerTrust peers, Path file, X509Certificate own) {
        try {
            peers.checkName(own);
        } catch (CertificateException e) {
            throw new TlsFilesException(
                    "tls.cert-file: " + file + " cannot be used between nodes: " + e.getMessage(),
                    e);
        }
    }

    private static List<X509Certificate> cas(String setting, Optional<Path> file, byte[] pem) {
        return parse(setting, file.orElseThrow(), () -> PemText.certificates(pem));
    }

    private interface Parser<T> {
        T parse();
    }

    private static <T> T parse(String setting, Path file, Parser<T> parser) {
        try {
            return parser.parse();
        } catch (IllegalArgumentException e) {
            throw new TlsFilesException(
                    setting + ": " + file + " cannot be used: " + e.getMessage(), e);
        }
    }

    private static byte[] bytes(String setting, Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] read = in.readNBytes(MAX_FILE_BYTES + 1);
            if (read.length > MAX_FILE_BYTES) {
                throw new TlsFilesException(setting + ": " + file + " is larger than "
                        + MAX_FILE_BYTES + " bytes, so it is no PEM file for this purpose");
            }
            return read;
        } catch (IOException e) {
            throw new TlsFilesException(
                    setting + ": " + file + " cannot be read: " + IoErrors.describe(e), e);
        }
    }

    /** A password without the end of its line. */
    private static char[] chars(byte[] file) {
        CharBuffer text = StandardCharsets.UTF_8.decode(ByteBuffer.wrap(file));
        return text.toString().stripTrailing().toCharArray();
    }

    private static KeyManager[] keyManagers(PrivateKey key, List<X509Certificate> chain) {
        try {
            KeyStore keys = empty();
            keys.setKeyEntry("node", key, new char[0], chain.toArray(X509Certificate[]::new));
            KeyManagerFactory factory =
                    KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            factory.init(keys, new char[0]);
            return factory.getKeyManagers();
        } catch (GeneralSecurityException | IOException e) {
            throw new TlsFilesException("the key and certificate cannot be used: " + e, e);
        }
    }

    /** Trusts these CAs only; none of the JDK's. */
    private static X509TrustManager trust(List<X509Certificate> cas) {
        try {
            KeyStore trusted = empty();
            for (int i = 0; i < cas.size(); i++) {
                trusted.setCertificateEntry("ca-" + i, cas.get(i));
            }
            TrustManagerFactory factory =
                    TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(trusted);
            return (X509TrustManager) factory.getTrustManagers()[0];
        } catch (GeneralSecurityException | IOException e) {
            throw new TlsFilesException("the CA certificates cannot be used: " + e, e);
        }
    }

    private static SSLContext context(KeyManager[] keys, X509TrustManager trust) {
        try {
            SSLContext made = SSLContext.getInstance("TLS");
            made.init(keys, new TrustManager[] {trust}, null);
            return made;
        } catch (GeneralSecurityException e) {
            throw new TlsFilesException("the key and certificate cannot be used: " + e, e);
        }
    }

    private static KeyStore empty() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
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
