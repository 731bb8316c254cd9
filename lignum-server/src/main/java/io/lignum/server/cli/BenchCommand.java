package io.lignum.server.cli;

import picocli.CommandLine.Command;

/** Parent of the measuring commands. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        description = "Measure a node over the network, from this machine and with one connection.")
final class BenchCommand extends Group {}
