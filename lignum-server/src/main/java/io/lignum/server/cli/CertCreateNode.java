package io.lignum.server.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.io.IOException;
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

    @Mixin
    private IssueOptions options = new IssueOptions();

    CertCreateNode(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        return options.run(
                terminal, (ca, days) -> ca.issue(CertText.node(ca.cluster(), node, names), days));
    }
}
