package io.lignum.server.cli;

import io.lignum.server.grpc.SecurityAdmin;
import io.lignum.server.grpc.SecurityAdmin.UserEntry;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.io.IOException;
import java.util.concurrent.Callable;

/** Creates a user. */
@Command(
        name = "create",
        mixinStandardHelpOptions = true,
        description = {
            "Creates a user, who may do nothing until something is granted to it.",
            "Asks for the user's password at the terminal, unless an option says otherwise."
        },
        footer = {"", "Example: lignum user create shop --no-password"})
final class UserCreate implements Callable<Integer> {

    private final Terminal terminal;

    @Parameters(paramLabel = "NAME", description = "name of the user")
    private String name = "";

    @Mixin
    private NewPasswordOptions options = new NewPasswordOptions();

    @Option(names = "--json", description = "print a JSON object")
    private boolean json;

    @Mixin
    private Connect connect = new Connect();

    UserCreate(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        options.check(terminal);
        try (SecurityAdmin admin = AdminConnection.security(connect, terminal)) {
            UserEntry user = admin.createUser(name, options.password(terminal, name));
            Output out = new Output(terminal.out());
            if (json) {
                SecurityText.json(out.json(), user);
            } else {
                out.text("created user " + user.name() + "\n");
            }
            out.flush();
            return Exit.OK;
        }
    }
}
