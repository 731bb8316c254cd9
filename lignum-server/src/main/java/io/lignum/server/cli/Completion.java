package io.lignum.server.cli;

import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.util.Locale;
import java.util.concurrent.Callable;

/** Prints a completion script for a shell. */
@Command(
        name = "completion",
        mixinStandardHelpOptions = true,
        description = "Prints a script that makes a shell complete commands and flags.",
        footer = {"", "Example: source <(lignum completion bash)"})
final class Completion implements Callable<Integer> {

    private enum Shell {
        BASH,
        ZSH
    }

    private final Terminal terminal;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "SHELL", description = "bash or zsh")
    private String shell = "";

    Completion(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        Output out = new Output(terminal.out());
        try {
            Shell.valueOf(shell.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw CommandFailure.usage("'" + shell + "' is neither bash nor zsh");
        }
        // One script serves both: in zsh it enables the support for bash completions.
        out.text(AutoComplete.bash("lignum", spec.root().commandLine()));
        out.flush();
        return Exit.OK;
    }
}
