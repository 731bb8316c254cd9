package io.lignum.server.cli;

import io.lignum.server.grpc.SecurityAdmin;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.io.IOException;
import java.util.concurrent.Callable;

/** Deletes a token. */
@Command(
        name = "delete",
        aliases = "rm",
        mixinStandardHelpOptions = true,
        description = "Deletes a token. Calls and streams that use it end.",
        footer = {"", "Example: lignum token delete k3v9x2m7qa"})
final class TokenDelete implements Callable<Integer> {

    private final Terminal terminal;

    @Parameters(paramLabel = "ID", description = "id of the token, as in 'lignum token list'")
    private String id = "";

    @Option(names = "--json", description = "print a JSON object")
    private boolean json;

    @Mixin
    private Connect connect = new Connect();

    TokenDelete(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        try (SecurityAdmin admin = AdminConnection.security(connect, terminal)) {
            admin.deleteToken(id);
            ClusterText.done(terminal, json, "deleted token " + id);
            return Exit.OK;
        }
    }
}
