package io.lignum.server.cli;

import io.lignum.server.grpc.SecurityAdmin;
import io.lignum.server.grpc.SecurityAdmin.TokenEntry;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;

/** Lists tokens. */
@Command(
        name = "list",
        aliases = "ls",
        mixinStandardHelpOptions = true,
        description = "Lists tokens without their secrets: all for administrators, otherwise those "
                + "of the user who logs in.",
        footer = {"", "Example: lignum token list --json | jq 'select(.owner == \"shop\")'"})
final class TokenList implements Callable<Integer> {

    private final Terminal terminal;

    @Option(names = "--json", description = SecurityText.JSON)
    private boolean json;

    @Mixin
    private Connect connect = new Connect();

    TokenList(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        try (SecurityAdmin admin = AdminConnection.security(connect, terminal)) {
            List<TokenEntry> tokens = admin.tokens();
            Output out = new Output(terminal.out());
            if (json) {
                tokens.forEach(token -> SecurityText.json(out.json(), token));
            } else if (tokens.isEmpty()) {
                terminal.say("no tokens yet; 'lignum token create' creates one");
            } else {
                SecurityText.tokens(out, tokens);
            }
            out.flush();
            return Exit.OK;
        }
    }
}
