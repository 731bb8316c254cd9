package io.lignum.server.cli;

import picocli.CommandLine.Command;

/** Parent of the commands about records that were cut off. */
@Command(
        name = "divergent",
        mixinStandardHelpOptions = true,
        description = "Shows records that a node cut off its logs because its leader had others.")
final class DivergentCommand extends Group {}
