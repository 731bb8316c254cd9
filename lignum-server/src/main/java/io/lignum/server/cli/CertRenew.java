package io.lignum.server.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

import java.io.IOException;
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

    @Mixin
    private IssueOptions options = new IssueOptions();

    CertRenew(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        return options.run(terminal, (ca, days) -> ca.renew(name, days));
    }
}
