package io.lignum.server.cli;

import picocli.CommandLine.Command;

/** Parent of the commands for users. */
@Command(
        name = "user",
        mixinStandardHelpOptions = true,
        description = "Creates, lists and deletes users, and sets their passwords.")
final class UserCommand extends Group {}
