package io.lignum.server.cli;

import io.lignum.server.grpc.SecurityAdmin;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.io.IOException;
import java.util.concurrent.Callable;

/** Deletes a user after a confirmation. */
@Command(
        name = "delete",
        aliases = "rm",
        mixinStandardHelpOptions = true,
        description = "Deletes a user with its tokens and grants; its logins end. Asks for "
                + "confirmation.",
        footer = {"", "Example: lignum user delete shop --yes"})
final class UserDelete implements Callable<Integer> {

    private final Terminal terminal;

    @Parameters(paramLabel = "NAME", description = "name of the user")
    private String name = "";

    @Mixin
    private Confirmation confirmation = new Confirmation();

    @Option(names = "--json", description = "print a JSON object")
    private boolean json;

    @Mixin
    private Connect connect = new Connect();

    UserDelete(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        confirmation.requireTerminal(terminal, "delete user " + name);
        try (SecurityAdmin admin = AdminConnection.security(connect, terminal)) {
            confirmation.ask(
                    terminal,
                    "Delete user " + name + " with its tokens and grants?",
                    "user " + name + " was kept");
            admin.deleteUser(name);
            ClusterText.done(terminal, json, "deleted user " + name);
            return Exit.OK;
        }
    }
}
