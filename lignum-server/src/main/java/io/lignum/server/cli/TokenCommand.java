package io.lignum.server.cli;

import picocli.CommandLine.Command;

/** Parent of the commands for API tokens. */
@Command(
        name = "token",
        mixinStandardHelpOptions = true,
        description =
                "Creates, lists and deletes API tokens, with which programs log in as a user.")
final class TokenCommand extends Group {}
