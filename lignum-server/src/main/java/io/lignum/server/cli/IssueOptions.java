package io.lignum.server.cli;

import io.lignum.server.cert.CertificateAuthority;
import io.lignum.server.cert.CertificateAuthority.Issued;

import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** The options of the commands that issue one certificate with the CA of a cluster. */
final class IssueOptions {

    @Option(
            names = "--ca",
            paramLabel = "DIR",
            required = true,
            description = "directory with ca.pem and ca.key, and for the new files")
    private Path ca = Path.of("");

    @Option(names = "--days", paramLabel = "N", description = CertText.DAYS)
    private int days = CertText.DEFAULT_DAYS;

    @Option(names = "--json", description = CertText.JSON)
    private boolean json;

    /** Issues a certificate by an open CA. */
    interface Issue {
        Issued by(CertificateAuthority authority, int days);
    }

    /** Checks the options, opens the CA, issues the certificate, and prints it. */
    int run(Terminal terminal, Issue issue) throws IOException {
        CertText.checkDays(days);
        Issued issued = issue.by(CertificateAuthority.open(ca), days);
        CertText.print(terminal, json, List.of(issued));
        return Exit.OK;
    }
}
