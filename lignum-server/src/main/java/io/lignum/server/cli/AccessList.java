package io.lignum.server.cli;

import io.lignum.server.grpc.SecurityAdmin;
import io.lignum.server.grpc.SecurityAdmin.GrantEntry;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;

/** Lists grants. */
@Command(
        name = "list",
        aliases = "ls",
        mixinStandardHelpOptions = true,
        description = "Lists the grants of all principals, or of one.",
        footer = {"", "Example: lignum access list user:shop"})
final class AccessList implements Callable<Integer> {

    private final Terminal terminal;

    @Parameters(
            arity = "0..1",
            paramLabel = "PRINCIPAL",
            description = "user:NAME or cert:NAME (default: all)")
    private @Nullable String principal;

    @Option(names = "--json", description = SecurityText.JSON)
    private boolean json;

    @Mixin
    private Connect connect = new Connect();

    AccessList(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        try (SecurityAdmin admin = AdminConnection.security(connect, terminal)) {
            List<GrantEntry> grants = admin.grants().stream()
                    .filter(grant -> principal == null || grant.principal().equals(principal))
                    .toList();
            Output out = new Output(terminal.out());
            if (json) {
                grants.forEach(grant -> SecurityText.json(out.json(), grant));
            } else if (grants.isEmpty()) {
                terminal.say(
                        principal == null
                                ? "no grants yet; 'lignum access grant' makes one"
                                : "nothing is granted to " + principal);
            } else {
                SecurityText.grants(out, grants);
            }
            out.flush();
            return Exit.OK;
        }
    }
}
