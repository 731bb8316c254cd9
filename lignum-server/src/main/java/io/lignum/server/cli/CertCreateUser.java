package io.lignum.server.cli;

import io.lignum.server.cert.Subject;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

import java.io.IOException;
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

    @Mixin
    private IssueOptions options = new IssueOptions();

    CertCreateUser(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        return options.run(
                terminal,
                (ca, days) -> ca.issue(
                        new Subject(ca.cluster(), Subject.Kind.USER, user, List.of()), days));
    }
}
