package io.lignum.server.cli;

import picocli.CommandLine.Command;

/** Parent of the topic commands. */
@Command(
        name = "topic",
        mixinStandardHelpOptions = true,
        description = "Creates, lists, describes, changes and removes topics.")
final class TopicCommand extends Group {}
