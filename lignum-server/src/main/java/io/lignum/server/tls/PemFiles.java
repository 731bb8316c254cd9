package io.lignum.server.tls;

import io.lignum.record.IoErrors;
import io.lignum.server.reload.UnusableFileException;

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
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;

import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/**
 * Reads PEM files, and makes of them what the JDK's TLS needs. Its errors name the setting, the
 * file and what to do. Stateless.
 */
final class PemFiles {

    /** A chain of some certificates is a few KiB; a list of all public CAs is 250 KiB. */
    private static final int MAX_FILE_BYTES = 1024 * 1024;

    private PemFiles() {}

    /** The whole file, before anything of it is used. */
    static byte[] read(String setting, Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] read = in.readNBytes(MAX_FILE_BYTES + 1);
            if (read.length > MAX_FILE_BYTES) {
                throw new UnusableFileException(setting + ": " + file + " is larger than "
                        + MAX_FILE_BYTES + " bytes, so it is no PEM file for this purpose");
            }
            return read;
        } catch (IOException e) {
            throw new UnusableFileException(
                    setting + ": " + file + " cannot be read: " + IoErrors.describe(e), e);
        }
    }

    /** A hash of the contents of some files; a missing one is like an empty one. */
    static byte[] digest(List<Optional<byte[]>> files) {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            for (Optional<byte[]> file : files) {
                byte[] bytes = file.orElse(new byte[0]);
                sha.update(ByteBuffer.allocate(4).putInt(bytes.length).flip());
                sha.update(bytes);
            }
            return sha.digest();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    interface Parser<T> {
        /**
         * Parses the contents of a file.
         *
         * @throws IllegalArgumentException the message says what is wrong with them
         */
        T parse();
    }

    static <T> T parse(String setting, Path file, Parser<T> parser) {
        try {
            return parser.parse();
        } catch (IllegalArgumentException e) {
            throw new UnusableFileException(
                    setting + ": " + file + " cannot be used: " + e.getMessage(), e);
        }
    }

    /** A password without the end of its line. */
    static char[] chars(byte[] file) {
        CharBuffer text = StandardCharsets.UTF_8.decode(ByteBuffer.wrap(file));
        return text.toString().stripTrailing().toCharArray();
    }

    static KeyManager[] keyManagers(PrivateKey key, List<X509Certificate> chain) {
        try {
            KeyStore keys = empty();
            keys.setKeyEntry("node", key, new char[0], chain.toArray(X509Certificate[]::new));
            KeyManagerFactory factory =
                    KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            factory.init(keys, new char[0]);
            return factory.getKeyManagers();
        } catch (GeneralSecurityException | IOException e) {
            throw new UnusableFileException("the key and certificate cannot be used: " + e, e);
        }
    }

    /** Trusts these CAs only; none of the JDK's. */
    static X509TrustManager trust(List<X509Certificate> cas) {
        try {
            KeyStore trusted = empty();
            for (int i = 0; i < cas.size(); i++) {
                trusted.setCertificateEntry("ca-" + i, cas.get(i));
            }
            return trust(Optional.of(trusted));
        } catch (GeneralSecurityException | IOException e) {
            throw new UnusableFileException("the CA certificates cannot be used: " + e, e);
        }
    }

    /** Trusts the CAs of the JDK. */
    static X509TrustManager trustOfTheJdk() {
        try {
            return trust(Optional.empty());
        } catch (GeneralSecurityException e) {
            throw new UnusableFileException("the JDK's CA certificates cannot be used: " + e, e);
        }
    }

    @SuppressWarnings("NullAway") // Null means the JDK's own.
    private static X509TrustManager trust(Optional<KeyStore> trusted)
            throws GeneralSecurityException {
        TrustManagerFactory factory =
                TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(trusted.orElse(null));
        return (X509TrustManager) factory.getTrustManagers()[0];
    }

    static SSLContext context(KeyManager[] keys, X509TrustManager trust) {
        try {
            SSLContext made = SSLContext.getInstance("TLS");
            made.init(keys, new TrustManager[] {trust}, null);
            return made;
        } catch (GeneralSecurityException e) {
            throw new UnusableFileException("the key and certificate cannot be used: " + e, e);
        }
    }

    private static KeyStore empty() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }
}
