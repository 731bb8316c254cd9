package io.lignum.server.cli;

import io.lignum.server.grpc.SecurityAdmin;
import io.lignum.server.grpc.SecurityAdmin.UserEntry;

import picocli.CommandLine.Command;

import java.util.Optional;

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
final class UserPassword extends PasswordChange {

    UserPassword(Terminal terminal) {
        super(terminal);
    }

    @Override
    UserEntry change(SecurityAdmin admin, String user, Optional<String> password) {
        return admin.changePassword(user, password);
    }

    @Override
    String done(UserEntry user) {
        return (user.hasPassword() ? "set" : "removed") + " the password of user " + user.name();
    }
}
