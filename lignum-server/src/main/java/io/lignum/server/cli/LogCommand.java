package io.lignum.server.cli;

import picocli.CommandLine.Command;

/** Parent of the commands that read a data directory without a node. */
@Command(
        name = "log",
        mixinStandardHelpOptions = true,
        description = "Checks or prints the files of a data directory that no node uses; with "
                + "--sealed-only also while a node runs. Changes nothing.")
final class LogCommand extends Group {}
