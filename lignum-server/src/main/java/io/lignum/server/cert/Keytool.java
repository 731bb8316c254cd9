package io.lignum.server.cert;

import io.lignum.record.IoErrors;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * Creates keys and certificates by the JDK's keytool, in a key store of a temporary directory that
 * {@link #close} removes. Key pairs are EC, P-256. One thread; blocks for about a second per call.
 */
final class Keytool implements AutoCloseable {

    private static final String PASSWORD = "LIGNUM_KEY_STORE_PASSWORD";
    private static final String CA = "ca";
    private static final String ISSUED = "issued";

    private final Path directory;
    private final Path store;
    private final String password;

    Keytool() {
        byte[] random = new byte[24];
        new SecureRandom().nextBytes(random);
        password = HexFormat.of().formatHex(random);
        try {
            directory = Files.createTempDirectory("lignum-cert"); // readable by its owner only
        } catch (IOException e) {
            throw new CertException(
                    "cannot create a temporary directory: " + IoErrors.describe(e), e);
        }
        store = directory.resolve("keys.p12");
    }

    /** A private key and its certificate. */
    record KeyPair(PrivateKey key, X509Certificate certificate) {}

    /** Creates a key with a certificate that is signed by itself. */
    KeyPair selfSigned(String commonName, int days, List<String> extensions) {
        generate(CA, commonName, days, extensions, List.of());
        return entry(CA);
    }

    /** Creates a key with a certificate that is signed by the CA. */
    KeyPair signed(KeyPair ca, String commonName, int days, List<String> extensions) {
        put(ca);
        generate(ISSUED, commonName, days, extensions, List.of("-signer", CA));
        return entry(ISSUED);
    }

    private void generate(
            String alias,
            String commonName,
            int days,
            List<String> extensions,
            List<String> further) {
        List<String> command = new ArrayList<>(List.of(
                program().toString(),
                "-genkeypair",
                "-alias",
                alias,
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-sigalg",
                "SHA256withECDSA",
                "-dname",
                "CN=" + commonName,
                "-validity",
                Integer.toString(days),
                "-storetype",
                "PKCS12",
                "-keystore",
                store.toString(),
                "-storepass:env",
                PASSWORD));
        extensions.forEach(extension -> command.addAll(List.of("-ext", extension)));
        command.addAll(further);
        run(command);
    }

    private static Path program() {
        Path bin = Path.of(System.getProperty("java.home"), "bin");
        for (String name : List.of("keytool", "keytool.exe")) {
            if (Files.isExecutable(bin.resolve(name))) {
                return bin.resolve(name);
            }
        }
        throw new CertException("there is no keytool in " + bin
                + ": run this command with a JDK or JRE that has it");
    }

    private void run(List<String> command) {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put(PASSWORD, password);
        try {
            Process process = builder.start();
            process.getOutputStream().close();
            String said =
                    new String(process.getInputStream().readNBytes(4_096), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new CertException("keytool failed: " + said.strip());
            }
        } catch (IOException e) {
            throw new CertException("keytool cannot be run: " + IoErrors.describe(e), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CertException("interrupted while keytool ran", e);
        }
    }

    private KeyPair entry(String alias) {
        try {
            KeyStore keys = load();
            return new KeyPair(
                    (PrivateKey) keys.getKey(alias, password.toCharArray()),
                    (X509Certificate) keys.getCertificate(alias));
        } catch (GeneralSecurityException e) {
            throw new CertException("the key store of keytool cannot be read: " + e, e);
        }
    }

    private KeyStore load() {
        try (InputStream in = Files.newInputStream(store)) {
            KeyStore keys = KeyStore.getInstance("PKCS12");
            keys.load(in, password.toCharArray());
            return keys;
        } catch (GeneralSecurityException | IOException e) {
            throw new CertException("the key store of keytool cannot be read: " + e, e);
        }
    }

    private void put(KeyPair ca) {
        try (var out = Files.newOutputStream(store)) {
            KeyStore keys = KeyStore.getInstance("PKCS12");
            keys.load(null, null);
            keys.setKeyEntry(
                    CA, ca.key, password.toCharArray(), new X509Certificate[] {ca.certificate});
            keys.store(out, password.toCharArray());
        } catch (GeneralSecurityException | IOException e) {
            throw new CertException("a key store for keytool cannot be written: " + e, e);
        }
    }

    @Override
    public void close() {
        try {
            Files.deleteIfExists(store);
            Files.deleteIfExists(directory);
        } catch (IOException e) {
            throw new CertException(
                    "remove " + directory + ", which holds private keys: " + IoErrors.describe(e),
                    e);
        }
    }
}
