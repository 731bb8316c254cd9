package io.lignum.server.cli;

import picocli.CommandLine.Command;

/** Parent of the commands that read a data directory by themselves, without a node. */
@Command(
        name = "log",
        mixinStandardHelpOptions = true,
        description = "Look into a data directory while no node runs on it. Changes nothing.")
final class LogCommand extends Group {}
