package io.lignum.server.cli;

import picocli.CommandLine.Command;

/** Parent of the cluster commands. */
@Command(
        name = "cluster",
        mixinStandardHelpOptions = true,
        description =
                "Shows the state of a cluster, changes its leader and members, recovers it, and "
                        + "shows divergent records.")
final class ClusterCommand extends Group {}
