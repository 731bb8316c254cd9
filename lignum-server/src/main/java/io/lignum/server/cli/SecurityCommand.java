package io.lignum.server.cli;

import picocli.CommandLine.Command;

/** Parent of the commands about the security of a node on this host. */
@Command(
        name = "security",
        mixinStandardHelpOptions = true,
        description =
                "Prepares the first login, gets access without one, or checks the settings of a node "
                        + "on this host.")
final class SecurityCommand extends Group {}
