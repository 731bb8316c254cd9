package io.lignum.server.cli;

import io.lignum.server.cert.CertificateAuthority;
import io.lignum.server.cert.PresentedCertificates;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;

/** Shows the certificates of a file or of a listener. */
@Command(
        name = "show",
        mixinStandardHelpOptions = true,
        description =
                "Shows the certificates in a PEM file, or those that a node presents at a "
                        + "port: names, issuer and end. Trusts every certificate, so it also shows those that a client refuses.",
        footer = {
            "",
            "Exit code 1: a certificate ends within --days, or has ended.",
            "Example: lignum cert show oak-1.example:9080 --days 30"
        })
final class CertShow implements Callable<Integer> {

    private static final int TIMEOUT_MILLIS = 10_000;

    private final Terminal terminal;

    @Parameters(paramLabel = "FILE|HOST:PORT", description = "a PEM file, or a port with TLS")
    private String what = "";

    @Option(
            names = "--days",
            paramLabel = "N",
            description = "fail if a certificate ends within so many days (default: 0)")
    private int days;

    @Option(names = "--json", description = CertText.JSON)
    private boolean json;

    CertShow(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        Instant now = Instant.now();
        Output out = new Output(terminal.out());
        boolean ending = false;
        for (X509Certificate certificate : certificates()) {
            Duration left = Duration.between(now, certificate.getNotAfter().toInstant());
            ending |= left.compareTo(Duration.ofDays(days)) < 0;
            print(out, certificate, left);
        }
        out.flush();
        return ending ? Exit.FAILED : Exit.OK;
    }

    private List<X509Certificate> certificates() {
        int colon = what.lastIndexOf(':');
        if (colon > 0
                && !Files.exists(Path.of(what))
                && what.substring(colon + 1).matches("[0-9]{1,5}")) {
            String host = what.substring(0, colon).replaceAll("[\\[\\]]", "");
            return PresentedCertificates.of(
                    host, Integer.parseInt(what.substring(colon + 1)), TIMEOUT_MILLIS);
        }
        return CertificateAuthority.certificates(Path.of(what));
    }

    private void print(Output out, X509Certificate certificate, Duration left) {
        List<String> names = names(certificate);
        if (json) {
            out.json()
                    .begin()
                    .field("subject", certificate.getSubjectX500Principal().toString())
                    .field("issuer", certificate.getIssuerX500Principal().toString())
                    .field("names", String.join(",", names))
                    .field("serial", certificate.getSerialNumber().toString(16))
                    .field("notBefore", certificate.getNotBefore().toInstant().toString())
                    .field("notAfter", certificate.getNotAfter().toInstant().toString())
                    .field("daysLeft", left.toDays())
                    .endLine();
            return;
        }
        out.text(certificate.getSubjectX500Principal() + "\n")
                .text("  names   " + String.join(", ", names) + "\n")
                .text("  issuer  " + certificate.getIssuerX500Principal() + "\n")
                .text("  serial  " + certificate.getSerialNumber().toString(16) + "\n")
                .text("  valid   " + certificate.getNotBefore().toInstant() + " to "
                        + certificate.getNotAfter().toInstant() + ", " + daysLeft(left) + "\n");
    }

    private static String daysLeft(Duration left) {
        return left.isNegative() ? "which is past" : left.toDays() + " days left";
    }

    private static List<String> names(X509Certificate certificate) {
        try {
            var all = certificate.getSubjectAlternativeNames();
            return all == null
                    ? List.of()
                    : all.stream().map(name -> String.valueOf(name.get(1))).toList();
        } catch (CertificateParsingException e) {
            return List.of("malformed");
        }
    }
}
