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
        HiddenInput hidden = new HiddenInput(terminal.echo());
        OnInterrupt interrupted = OnInterrupt.run(() -> showAgain(hidden, terminal));
        try {
            hide(hidden);
            terminal.err().print(what + ": ");
            terminal.err().flush();
            try {
                return SecretFile.line(terminal.in(), "the input");
            } finally {
                showAgain(hidden, terminal);
                terminal.err().println(); // The line feed that the user typed was not shown.
                terminal.err().flush();
            }
        } finally {
            interrupted.close(); // Not earlier: an interrupt ends the process at any time.
        }
    }

    private static void hide(HiddenInput hidden) {
        try {
            hidden.begin();
        } catch (IOException e) {
            throw CommandFailure.usage("cannot ask for a password, because the terminal would show"
                    + " it (" + IoErrors.describe(e) + "): give it in a file");
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

    private static void showAgain(HiddenInput hidden, Terminal terminal) {
        try {
            hidden.end();
        } catch (IOException e) {
            terminal.say("the terminal still hides what you type (" + IoErrors.describe(e)
                    + "); to end that: stty echo");
        }
    }
}
