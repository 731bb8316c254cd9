package io.lignum.server.cli;

import io.lignum.server.grpc.SecurityAdmin;
import io.lignum.server.grpc.SecurityAdmin.UserEntry;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.io.IOException;
import java.util.concurrent.Callable;

/** Sets the password of a user. */
@Command(
        name = "password",
        mixinStandardHelpOptions = true,
        description = {
            "Sets the password of a user, or removes it. Logins with the old one end; tokens stay "
                    + "valid.",
            "Users may set their own. Asks for it at the terminal, unless an option says otherwise."
        },
        footer = {"", "Example: lignum user password alice --user alice"})
final class UserPassword implements Callable<Integer> {

    private final Terminal terminal;

    @Parameters(paramLabel = "NAME", description = "name of the user")
    private String name = "";

    @Mixin
    private NewPasswordOptions options = new NewPasswordOptions();

    @Option(names = "--json", description = "print a JSON object")
    private boolean json;

    @Mixin
    private Connect connect = new Connect();

    UserPassword(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        options.check(terminal);
        try (SecurityAdmin admin = AdminConnection.security(connect, terminal)) {
            UserEntry user = admin.changePassword(name, options.password(terminal, name));
            Output out = new Output(terminal.out());
            if (json) {
                SecurityText.json(out.json(), user);
            } else {
                out.text(
                        user.hasPassword()
                                ? "set the password of user " + user.name() + "\n"
                                : "removed the password of user " + user.name() + "\n");
            }
            out.flush();
            return Exit.OK;
        }
    }
}
