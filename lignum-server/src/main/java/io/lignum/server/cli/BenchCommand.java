package io.lignum.server.cli;

import picocli.CommandLine.Command;

/** Parent of the benchmark commands. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        description =
                "Measures a node's throughput and latency over the network, from this machine, "
                        + "with one connection.")
final class BenchCommand extends Group {}
