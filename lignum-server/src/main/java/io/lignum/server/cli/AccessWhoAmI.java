package io.lignum.server.cli;

import io.lignum.server.grpc.SecurityAdmin;
import io.lignum.server.grpc.SecurityAdmin.CallerEntry;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.util.concurrent.Callable;

/** Shows as whom the node knows the caller. */
@Command(
        name = "whoami",
        mixinStandardHelpOptions = true,
        description = "Shows as whom the node knows you, and what is granted to you.",
        footer = {"", "Example: lignum access whoami --token-file shop.token"})
final class AccessWhoAmI implements Callable<Integer> {

    private final Terminal terminal;

    @Option(names = "--json", description = "print a JSON object")
    private boolean json;

    @Mixin
    private Connect connect = new Connect();

    AccessWhoAmI(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        try (SecurityAdmin admin = AdminConnection.security(connect, terminal)) {
            CallerEntry caller = admin.whoAmI();
            Output out = new Output(terminal.out());
            if (json) {
                SecurityText.json(out.json(), caller);
            } else {
                SecurityText.caller(out, caller);
            }
            out.flush();
            return Exit.OK;
        }
    }
}
