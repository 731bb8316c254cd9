package io.lignum.server.cli;

import picocli.CommandLine.Command;

/** Parent of the commands for the first and the last login. */
@Command(
        name = "security",
        mixinStandardHelpOptions = true,
        description =
                "Prepares the first login, or gets access without one, in a data directory on this host.")
final class SecurityCommand extends Group {}
