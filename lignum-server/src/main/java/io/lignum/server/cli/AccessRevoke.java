package io.lignum.server.cli;

import io.lignum.server.grpc.SecurityAdmin;
import io.lignum.server.grpc.SecurityAdmin.GrantEntry;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.util.concurrent.Callable;

/** Removes a grant. */
@Command(
        name = "revoke",
        mixinStandardHelpOptions = true,
        description = "Removes a grant, given by the same words as when it was made; see "
                + "'lignum access list'.",
        footer = {"", "Example: lignum access revoke user:shop producer topic:orders"})
final class AccessRevoke implements Callable<Integer> {

    private final Terminal terminal;

    @Mixin
    private GrantOptions options = new GrantOptions();

    @Option(names = "--json", description = "print a JSON object")
    private boolean json;

    @Mixin
    private Connect connect = new Connect();

    AccessRevoke(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        try (SecurityAdmin admin = AdminConnection.security(connect, terminal)) {
            GrantEntry grant = options.grant();
            admin.removeGrant(grant);
            ClusterText.done(terminal, json, "revoked: " + SecurityText.line(grant));
            return Exit.OK;
        }
    }
}
