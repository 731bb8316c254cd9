package io.lignum.server.cli;

import io.lignum.server.cert.CertificateAuthority;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;

/** Replaces a certificate before it ends. */
@Command(
        name = "renew",
        mixinStandardHelpOptions = true,
        description = "Replaces a certificate and its key by new ones with the same names. A "
                + "running node takes the new files by itself (tls.reload-interval-in-ms).",
        footer = {"", "Example: lignum cert renew oak-1 --ca certs"})
final class CertRenew implements Callable<Integer> {

    private final Terminal terminal;

    @Parameters(paramLabel = "NAME", description = "the node or user")
    private String name = "";

    @Option(names = "--ca", paramLabel = "DIR", required = true, description = CertText.CA)
    private Path ca = Path.of("");

    @Option(names = "--days", paramLabel = "N", description = CertText.DAYS)
    private int days = CertText.DEFAULT_DAYS;

    @Option(names = "--json", description = CertText.JSON)
    private boolean json;

    CertRenew(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        CertText.checkDays(days);
        CertText.print(terminal, json, List.of(CertificateAuthority.open(ca).renew(name, days)));
        return Exit.OK;
    }
}
