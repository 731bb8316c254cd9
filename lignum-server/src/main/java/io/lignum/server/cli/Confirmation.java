package io.lignum.server.cli;

import picocli.CommandLine.Option;

import java.io.IOException;

/** Asks before a command does what cannot be undone, unless an option says not to. */
final class Confirmation {

    @Option(
            names = {"-y", "--yes"},
            description = "do not ask for confirmation; required without a terminal")
    private boolean yes;

    /**
     * Fails early if there is no terminal to ask at.
     *
     * @param what the command would do: "delete user shop"
     */
    void requireTerminal(Terminal terminal, String what) {
        if (!yes && !terminal.inIsTerminal()) {
            throw CommandFailure.usage(
                    "cannot ask for confirmation without a terminal; to " + what + ", use --yes");
        }
    }

    /**
     * Asks.
     *
     * @param kept what becomes of it instead
     * @throws CommandFailure the answer was not yes
     */
    void ask(Terminal terminal, String question, String kept) throws IOException {
        if (!yes && !terminal.agrees(question)) {
            throw CommandFailure.failed(kept);
        }
    }
}
