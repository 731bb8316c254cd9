package io.lignum.server.cli;

import io.lignum.server.cert.CertificateAuthority;
import io.lignum.server.cert.Subject;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;

/** Creates the certificate of a user. */
@Command(
        name = "create-user",
        mixinStandardHelpOptions = true,
        description = "Creates a certificate for a user or a program, for nodes that ask their "
                + "clients for one (server.client-auth, server.grpc-client-auth).",
        footer = {"", "Example: lignum cert create-user shop --ca certs"})
final class CertCreateUser implements Callable<Integer> {

    private final Terminal terminal;

    @Parameters(paramLabel = "USER", description = "name of the user")
    private String user = "";

    @Option(names = "--ca", paramLabel = "DIR", required = true, description = CertText.CA)
    private Path ca = Path.of("");

    @Option(names = "--days", paramLabel = "N", description = CertText.DAYS)
    private int days = CertText.DEFAULT_DAYS;

    @Option(names = "--json", description = CertText.JSON)
    private boolean json;

    CertCreateUser(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        CertText.checkDays(days);
        CertificateAuthority authority = CertificateAuthority.open(ca);
        Subject subject = new Subject(authority.cluster(), Subject.Kind.USER, user, List.of());
        CertText.print(terminal, json, List.of(authority.issue(subject, days)));
        return Exit.OK;
    }
}
