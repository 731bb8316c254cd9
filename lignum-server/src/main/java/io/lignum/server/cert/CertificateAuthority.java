package io.lignum.server.cert;

import io.lignum.record.IoErrors;
import io.lignum.record.Utf8;
import io.lignum.server.cert.Keytool.KeyPair;
import io.lignum.server.security.OwnerOnlyFiles;
import io.lignum.server.tls.PemText;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.security.PrivateKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * The CA of a cluster in a directory: {@code ca.pem} and {@code ca.key}, and the certificates that
 * it issued, each as {@code NAME.pem} and {@code NAME.key}. Keys are readable by
 * their owner only. Files are never overwritten, except by {@link #renew}. One thread; blocks.
 */
public final class CertificateAuthority {

    /** Longer than any certificate that it issues, so that renewing the CA is rare. */
    private static final int CA_DAYS = 3_650;

    private static final int MAX_FILE_BYTES = 1024 * 1024;

    private static final String CA = "ca";
    private static final String URI = "lignum://";

    private final Path directory;
    private final KeyPair ca;
    private final String cluster;

    private CertificateAuthority(Path directory, KeyPair ca, String cluster) {
        this.directory = directory;
        this.ca = ca;
        this.cluster = cluster;
    }

    /** A certificate that was issued. */
    public record Issued(
            Subject subject, Path certificateFile, Path keyFile, X509Certificate certificate) {}

    /** Creates a CA; the directory is created if it does not exist. */
    public static CertificateAuthority create(Path directory, String cluster) {
        Subject.checkName("the cluster's name", cluster);
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw new CertException(directory + " cannot be created: " + IoErrors.describe(e), e);
        }
        refuseExisting(directory, CA);
        try (Keytool keytool = new Keytool()) {
            KeyPair made = keytool.selfSigned(
                    "Lignum CA of " + cluster,
                    CA_DAYS,
                    List.of(
                            "bc:c=ca:true,pathlen:0",
                            "ku:c=keyCertSign,cRLSign",
                            "san=uri:" + URI + cluster));
            write(directory, CA, made);
            return new CertificateAuthority(directory, made, cluster);
        }
    }

    /** Opens the CA in a directory. */
    public static CertificateAuthority open(Path directory) {
        X509Certificate certificate = certificate(directory.resolve(CA + ".pem"));
        PrivateKey key = key(directory.resolve(CA + ".key"));
        String cluster = Subject.alternatives(certificate).stream()
                .map(alternative -> String.valueOf(alternative.get(1)))
                .filter(name -> name.startsWith(URI))
                .map(name -> name.substring(URI.length()))
                .findFirst()
                .orElseThrow(() -> new CertException(
                        directory.resolve(CA + ".pem") + " was not made by lignum cert"));
        return new CertificateAuthority(directory, new KeyPair(key, certificate), cluster);
    }

    /** The cluster that the CA is for. */
    public String cluster() {
        return cluster;
    }

    /** Issues a certificate, and writes it and its key to new files. */
    public Issued issue(Subject subject, int days) {
        refuseExisting(directory, subject.name());
        KeyPair made = sign(subject, days);
        write(directory, subject.name(), made);
        return issued(subject, made);
    }

    /** Replaces a certificate by one with a new key and the same names. */
    public Issued renew(String name, int days) {
        Subject.checkName("the name", name);
        Subject subject = Subject.of(certificate(directory.resolve(name + ".pem")));
        KeyPair made = sign(subject, days);
        String temporary = "." + name + ".new";
        remove(directory, temporary);
        write(directory, temporary, made);
        // A node that reads between the two sees a key of another certificate, and looks again.
        for (String suffix : List.of(".key", ".pem")) {
            move(directory.resolve(temporary + suffix), directory.resolve(name + suffix));
        }
        return issued(subject, made);
    }

    private KeyPair sign(Subject subject, int days) {
        try (Keytool keytool = new Keytool()) {
            return keytool.signed(ca, subject.name(), days, subject.extensions());
        }
    }

    private Issued issued(Subject subject, KeyPair made) {
        return new Issued(
                subject,
                directory.resolve(subject.name() + ".pem"),
                directory.resolve(subject.name() + ".key"),
                made.certificate());
    }

    private static void refuseExisting(Path directory, String name) {
        for (String suffix : List.of(".pem", ".key")) {
            if (Files.exists(directory.resolve(name + suffix))) {
                throw new CertException(directory.resolve(name + suffix)
                        + " exists; choose another directory or name, or use: lignum cert renew");
            }
        }
    }

    private static void write(Path directory, String name, KeyPair made) {
        create(
                directory.resolve(name + ".key"),
                pem("PRIVATE KEY", made.key().getEncoded()),
                OwnerOnlyFiles.attributes());
        try {
            create(
                    directory.resolve(name + ".pem"),
                    pem("CERTIFICATE", made.certificate().getEncoded()));
        } catch (CertificateEncodingException e) {
            throw new IllegalStateException("a certificate of the JDK has no encoding", e);
        }
    }

    private static void create(Path file, byte[] contents, FileAttribute<?>... attributes) {
        try {
            Files.createFile(file, attributes);
            Files.write(file, contents);
        } catch (FileAlreadyExistsException e) {
            throw new CertException(file + " exists", e);
        } catch (IOException e) {
            throw new CertException(file + " cannot be written: " + IoErrors.describe(e), e);
        }
    }

    private static void remove(Path directory, String name) {
        try {
            Files.deleteIfExists(directory.resolve(name + ".key"));
            Files.deleteIfExists(directory.resolve(name + ".pem"));
        } catch (IOException e) {
            throw new CertException(
                    "files of an unfinished renewal in " + directory + " cannot be removed: "
                            + IoErrors.describe(e),
                    e);
        }
    }

    private static void move(Path from, Path to) {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new CertException(to + " cannot be replaced: " + IoErrors.describe(e), e);
        }
    }

    private static byte[] pem(String kind, byte[] der) {
        String text = "-----BEGIN " + kind + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der)
                + "\n-----END " + kind + "-----\n";
        return Utf8.encode(text);
    }

    private static X509Certificate certificate(Path file) {
        return certificates(file).get(0);
    }

    /** The certificates in a PEM file. */
    public static List<X509Certificate> certificates(Path file) {
        byte[] pem = read(file);
        try {
            return PemText.certificates(pem);
        } catch (IllegalArgumentException e) {
            throw new CertException(file + " cannot be used: " + e.getMessage(), e);
        }
    }

    private static PrivateKey key(Path file) {
        byte[] pem = read(file);
        try {
            return PemText.privateKey(pem, Optional.empty());
        } catch (IllegalArgumentException e) {
            throw new CertException(file + " cannot be used: " + e.getMessage(), e);
        }
    }

    private static byte[] read(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            return in.readNBytes(MAX_FILE_BYTES);
        } catch (IOException e) {
            throw new CertException(file + " cannot be read: " + IoErrors.describe(e), e);
        }
    }
}
