package io.lignum.server.cli;

import picocli.CommandLine.Command;

/** Parent of the commands for grants. */
@Command(
        name = "access",
        mixinStandardHelpOptions = true,
        description = "Grants and revokes access, and shows who may do what.")
final class AccessCommand extends Group {}
