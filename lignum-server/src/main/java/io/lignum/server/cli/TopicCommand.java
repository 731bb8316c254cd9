package io.lignum.server.cli;

import picocli.CommandLine.Command;

/** Parent of the commands about topics. */
@Command(
        name = "topic",
        mixinStandardHelpOptions = true,
        description = "Create, list, describe and remove topics of a node.")
final class TopicCommand extends Group {}
