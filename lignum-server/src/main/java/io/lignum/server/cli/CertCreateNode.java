package io.lignum.server.cli;

import io.lignum.server.cert.CertificateAuthority;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;

/** Creates the certificate of one more node. */
@Command(
        name = "create-node",
        mixinStandardHelpOptions = true,
        description = "Creates a certificate for one more node, with the CA of the cluster.",
        footer = {
            "",
            "Example: lignum cert create-node oak-4 --names oak-4.example,10.0.0.4 --ca certs"
        })
final class CertCreateNode implements Callable<Integer> {

    private final Terminal terminal;

    @Parameters(paramLabel = "NODE", description = "id of the node")
    private String node = "";

    @Option(
            names = "--names",
            paramLabel = "NAME[,NAME...]",
            required = true,
            description = "its host names and addresses; localhost, 127.0.0.1 and ::1 are added")
    private String names = "";

    @Option(names = "--ca", paramLabel = "DIR", required = true, description = CertText.CA)
    private Path ca = Path.of("");

    @Option(names = "--days", paramLabel = "N", description = CertText.DAYS)
    private int days = CertText.DEFAULT_DAYS;

    @Option(names = "--json", description = CertText.JSON)
    private boolean json;

    CertCreateNode(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        CertText.checkDays(days);
        CertificateAuthority authority = CertificateAuthority.open(ca);
        CertText.print(
                terminal,
                json,
                List.of(authority.issue(CertText.node(authority.cluster(), node, names), days)));
        return Exit.OK;
    }
}
