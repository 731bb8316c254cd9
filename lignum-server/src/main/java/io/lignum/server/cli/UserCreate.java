package io.lignum.server.cli;

import io.lignum.server.grpc.SecurityAdmin;
import io.lignum.server.grpc.SecurityAdmin.UserEntry;

import picocli.CommandLine.Command;

import java.util.Optional;

/** Creates a user. */
@Command(
        name = "create",
        mixinStandardHelpOptions = true,
        description = {
            "Creates a user, who may do nothing until something is granted to it.",
            "Asks for the user's password at the terminal, unless an option says otherwise."
        },
        footer = {"", "Example: lignum user create shop --no-password"})
final class UserCreate extends PasswordChange {

    UserCreate(Terminal terminal) {
        super(terminal);
    }

    @Override
    UserEntry change(SecurityAdmin admin, String user, Optional<String> password) {
        return admin.createUser(user, password);
    }

    @Override
    String done(UserEntry user) {
        return "created user " + user.name();
    }
}
