package io.lignum.server.tls;

import io.lignum.server.cert.CertificateAuthority;
import io.lignum.server.cert.Subject;
import io.lignum.server.cert.Subject.Kind;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Certificates for tests, made once for all tests of the process. One CA issues those of a node on
 * the loopback ({@code oak}), of a node elsewhere, of a node for one day ({@code brief}), of a node
 * of another cluster ({@code foreign}) and of a user ({@code shop}); another CA issues a node and a
 * user of the same names.
 */
public final class TestCertificates {

    private static final int DAYS = 100;
    private static final Path DIRECTORY = create();

    private TestCertificates() {}

    private static Path create() {
        try {
            Path directory = Files.createTempDirectory("lignum-test-certificates");
            Runtime.getRuntime().addShutdownHook(new Thread(() -> remove(directory)));
            CertificateAuthority ca = CertificateAuthority.create(directory, "test");
            ca.issue(node("oak", "localhost", "127.0.0.1"), DAYS);
            ca.issue(node("elsewhere", "oak.example"), DAYS);
            ca.issue(node("brief", "localhost"), 1);
            ca.issue(new Subject("test", Kind.USER, "shop", List.of()), DAYS);
            ca.issue(new Subject("prod", Kind.NODE, "foreign", List.of("localhost")), DAYS);
            CertificateAuthority other =
                    CertificateAuthority.create(directory.resolve("other"), "other");
            other.issue(new Subject("other", Kind.USER, "shop", List.of()), DAYS);
            other.issue(new Subject("test", Kind.NODE, "oak", List.of("127.0.0.1")), DAYS);
            return directory;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Subject node(String name, String... names) {
        return new Subject("test", Kind.NODE, name, List.of(names));
    }

    private static void remove(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@code ca.pem}, {@code oak.pem}, {@code shop.key}, {@code other/ca.pem} and so on. */
    public static Path file(String name) {
        return DIRECTORY.resolve(name);
    }

    /** Replaces a certificate and its key by those of this name. */
    public static void copy(String name, Path certificate, Path key) throws IOException {
        Files.copy(file(name + ".pem"), certificate, StandardCopyOption.REPLACE_EXISTING);
        Files.copy(file(name + ".key"), key, StandardCopyOption.REPLACE_EXISTING);
    }

    /** The settings of a node that presents the certificate of {@code oak}, and further ones. */
    public static String[] settings(String... further) {
        return Stream.concat(
                        Stream.of(
                                "tls.cert-file",
                                file("oak.pem").toString(),
                                "tls.key-file",
                                file("oak.key").toString(),
                                "tls.client-ca-file",
                                file("ca.pem").toString()),
                        Stream.of(further))
                .toArray(String[]::new);
    }
}
