package io.lignum.server.cli;

import io.lignum.server.grpc.SecurityAdmin;
import io.lignum.server.grpc.SecurityAdmin.GrantEntry;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.util.concurrent.Callable;

/** Adds a grant. */
@Command(
        name = "grant",
        mixinStandardHelpOptions = true,
        description = "Allows a principal a role or actions. Does nothing if it is allowed so "
                + "already.",
        footer = {
            "",
            "Example: lignum access grant user:shop producer topic:orders",
            "         lignum access grant user:audit read,describe topic:orders.*",
            "         lignum access grant cert:ops admin"
        })
final class AccessGrant implements Callable<Integer> {

    private final Terminal terminal;

    @Mixin
    private GrantOptions options = new GrantOptions();

    @Option(names = "--json", description = "print a JSON object")
    private boolean json;

    @Mixin
    private Connect connect = new Connect();

    AccessGrant(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        try (SecurityAdmin admin = AdminConnection.security(connect, terminal)) {
            GrantEntry grant = options.grant();
            admin.addGrant(grant);
            ClusterText.done(terminal, json, "granted: " + SecurityText.line(grant));
            return Exit.OK;
        }
    }
}
