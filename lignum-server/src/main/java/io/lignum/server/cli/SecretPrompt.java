package io.lignum.server.cli;

import io.lignum.record.IoErrors;

import java.io.IOException;

/** Asks for passwords at the terminal, which does not show them. */
final class SecretPrompt {

    private SecretPrompt() {}

    /**
     * Asks once.
     *
     * @throws CommandFailure the terminal would show the password
     */
    static String ask(Terminal terminal, String what) throws IOException {
        try {
            terminal.echo().show(false);
        } catch (IOException e) {
            throw CommandFailure.usage("cannot ask for a password, because the terminal would show"
                    + " it (" + IoErrors.describe(e) + "): give it in a file");
        }
        OnInterrupt interrupted = OnInterrupt.run(() -> showAgain(terminal));
        try {
            terminal.err().print(what + ": ");
            terminal.err().flush();
            return SecretFile.line(terminal.in(), "the input");
        } finally {
            interrupted.close();
            showAgain(terminal);
            terminal.err().println(); // The line feed that the user typed was not shown.
            terminal.err().flush();
        }
    }

    /** Asks twice for a new password, since a mistake could not be seen. */
    static String askNew(Terminal terminal, String user) throws IOException {
        String password = ask(terminal, "New password of " + user);
        if (!ask(terminal, "The same again").equals(password)) {
            throw CommandFailure.failed("the two passwords differ; nothing was changed");
        }
        return password;
    }

    private static void showAgain(Terminal terminal) {
        try {
            terminal.echo().show(true);
        } catch (IOException e) {
            terminal.say("the terminal still hides what you type (" + IoErrors.describe(e)
                    + "); to end that: stty echo");
        }
    }
}
