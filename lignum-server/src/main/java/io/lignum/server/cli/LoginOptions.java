package io.lignum.server.cli;

import io.lignum.client.Credentials;

import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The options that say who logs in. Options outrank environment variables. No option takes a
 * secret, since all users of a host can see the arguments of its processes.
 */
final class LoginOptions {

    private static final String USER = "LIGNUM_USER";
    private static final String PASSWORD = "LIGNUM_PASSWORD";
    private static final String TOKEN = "LIGNUM_TOKEN";

    @Option(
            names = "--user",
            paramLabel = "NAME",
            description = "log in as this user; default: $" + USER)
    private String user = "";

    @Option(
            names = "--password-file",
            paramLabel = "FILE",
            description = "file with the password of --user in its first line; default: $"
                    + PASSWORD + ", else ask at the terminal")
    private String passwordFile = "";

    @Option(
            names = "--token-file",
            paramLabel = "FILE",
            description =
                    "log in with the token in the first line of this file; default: $" + TOKEN)
    private String tokenFile = "";

    /** Empty: without a login. Asks for a password if one is needed and there is a terminal. */
    Optional<Credentials> credentials(Terminal terminal) throws IOException {
        boolean byPassword = !user.isEmpty() || !passwordFile.isEmpty();
        if (byPassword && !tokenFile.isEmpty()) {
            throw CommandFailure.usage(
                    "--token-file does not go with --user or --password-file: give one login");
        }
        if (!tokenFile.isEmpty()) {
            return Optional.of(
                    Credentials.token(SecretFile.supplier(Path.of(tokenFile), terminal)));
        }
        String variable = variable(terminal, USER);
        if (byPassword) {
            return Optional.of(password(user.isEmpty() ? variable : user, terminal));
        }
        String token = variable(terminal, TOKEN);
        if (!variable.isEmpty() && !token.isEmpty()) {
            throw CommandFailure.usage(
                    USER + " and " + TOKEN + " are both set: unset one, or give an option");
        }
        if (!token.isEmpty()) {
            return Optional.of(Credentials.token(token));
        }
        if (!variable.isEmpty()) {
            return Optional.of(password(variable, terminal));
        }
        if (!variable(terminal, PASSWORD).isEmpty()) {
            throw CommandFailure.usage(
                    PASSWORD + " is set without a user: give --user NAME or set " + USER);
        }
        return Optional.empty();
    }

    private Credentials password(String name, Terminal terminal) throws IOException {
        if (name.isEmpty()) {
            throw CommandFailure.usage("--password-file needs --user NAME");
        }
        if (!passwordFile.isEmpty()) {
            return Credentials.password(name, SecretFile.supplier(Path.of(passwordFile), terminal));
        }
        String variable = variable(terminal, PASSWORD);
        if (!variable.isEmpty()) {
            return Credentials.password(name, variable);
        }
        if (!terminal.inIsTerminal()) {
            throw CommandFailure.usage("cannot ask for the password of " + name
                    + " without a terminal; give --password-file FILE, or set " + PASSWORD);
        }
        return Credentials.password(name, SecretPrompt.ask(terminal, "Password of " + name));
    }

    private static String variable(Terminal terminal, String name) {
        return terminal.environment().getOrDefault(name, "");
    }
}
