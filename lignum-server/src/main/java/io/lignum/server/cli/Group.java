package io.lignum.server.cli;

import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** A command that does nothing by itself: it has commands below it. */
class Group implements Runnable {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public final void run() {
        String below = String.join(", ", spec.subcommands().keySet());
        throw new CommandLine.ParameterException(
                spec.commandLine(), "say which: " + below.replace(" " + spec.name(), ""));
    }
}
