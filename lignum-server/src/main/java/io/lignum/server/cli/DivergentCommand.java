package io.lignum.server.cli;

import picocli.CommandLine.Command;

/** Parent of the commands about divergent records. */
@Command(
        name = "divergent",
        mixinStandardHelpOptions = true,
        description =
                "Lists, prints and republishes records that a node removed from its logs because "
                        + "its leader had others.")
final class DivergentCommand extends Group {}
