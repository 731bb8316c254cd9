package io.lignum.server.cli;

import picocli.CommandLine.Command;

/** Parent of the commands that read a data directory without a node. */
@Command(
        name = "log",
        mixinStandardHelpOptions = true,
        description = "Inspects a data directory while no node uses it. Changes nothing.")
final class LogCommand extends Group {}
