package io.lignum.server.cli;

import io.lignum.server.grpc.SecurityAdmin;
import io.lignum.server.grpc.SecurityAdmin.UserEntry;

import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Callable;

/** A command that gives a user a password, or none. */
abstract class PasswordChange implements Callable<Integer> {

    private final Terminal terminal;

    @Parameters(paramLabel = "NAME", description = "name of the user")
    private String name = "";

    @Mixin
    private NewPasswordOptions options = new NewPasswordOptions();

    @Option(names = "--json", description = "print a JSON object")
    private boolean json;

    @Mixin
    private Connect connect = new Connect();

    PasswordChange(Terminal terminal) {
        this.terminal = terminal;
    }

    /** Makes the change at the node. */
    abstract UserEntry change(SecurityAdmin admin, String user, Optional<String> password);

    /** Says what was done, for people. */
    abstract String done(UserEntry user);

    @Override
    public Integer call() throws IOException {
        options.check(terminal);
        try (SecurityAdmin admin = AdminConnection.security(connect, terminal)) {
            UserEntry user = change(admin, name, options.password(terminal, name));
            Output out = new Output(terminal.out());
            if (json) {
                SecurityText.json(out.json(), user);
            } else {
                out.text(done(user) + "\n");
            }
            out.flush();
            return Exit.OK;
        }
    }
}
