package io.lignum.server.cli;

import picocli.CommandLine.Command;

/** Parent of the cluster commands. */
@Command(
        name = "cluster",
        mixinStandardHelpOptions = true,
        description = "Shows the state of a cluster, and changes its leader and members.")
final class ClusterCommand extends Group {}
