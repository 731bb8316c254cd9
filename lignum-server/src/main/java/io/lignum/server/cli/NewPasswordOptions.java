package io.lignum.server.cli;

import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** The options that say which password a user gets. */
final class NewPasswordOptions {

    @Option(
            names = "--new-password-file",
            paramLabel = "FILE",
            description = "file with the new password in its first line; default: ask at the "
                    + "terminal")
    private String file = "";

    @Option(
            names = "--no-password",
            description = "set no password: the user logs in with tokens only")
    private boolean none;

    /** Fails early if the options contradict each other, or there is no terminal to ask at. */
    void check(Terminal terminal) {
        if (none && !file.isEmpty()) {
            throw CommandFailure.usage("give either --new-password-file or --no-password");
        }
        if (!none && file.isEmpty() && !terminal.inIsTerminal()) {
            throw CommandFailure.usage("cannot ask for a new password without a terminal; give"
                    + " --new-password-file FILE, or --no-password");
        }
    }

    /** The password; empty: none. */
    Optional<String> password(Terminal terminal, String user) throws IOException {
        check(terminal);
        if (none) {
            return Optional.empty();
        }
        return Optional.of(
                file.isEmpty()
                        ? SecretPrompt.askNew(terminal, user)
                        : SecretFile.read(Path.of(file), terminal));
    }
}
