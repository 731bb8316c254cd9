package io.lignum.server.cli;

import picocli.CommandLine.Command;

/** Parent of the commands about the cluster. */
@Command(
        name = "cluster",
        mixinStandardHelpOptions = true,
        description = "Shows how a cluster stands, and changes who leads and who is in it.")
final class ClusterCommand extends Group {}
