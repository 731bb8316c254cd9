package io.lignum.server.cli;

import io.lignum.server.grpc.ClusterAdmin;
import io.lignum.server.service.DivergentFiles;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Callable;

/** Appends divergent records to a topic again. */
@Command(
        name = "republish",
        mixinStandardHelpOptions = true,
        description =
                "Appends the records of one file as new records to a topic. The file stays, so "
                        + "a second run appends them again.",
        footer = {"", "Example: lignum cluster divergent republish NAME --topic orders-lost"})
final class DivergentRepublish implements Callable<Integer> {

    private final Terminal terminal;

    @Parameters(
            paramLabel = "NAME",
            description = "name of the file, see 'lignum cluster divergent ls'")
    private String name = "";

    @Option(
            names = "--topic",
            paramLabel = "NAME",
            description = "target topic (default: the topic they came from)")
    private @Nullable String topic;

    @Option(names = "--json", description = "print a JSON object")
    private boolean json;

    @Mixin
    private Connect connect = new Connect();

    DivergentRepublish(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        try (ClusterAdmin admin = AdminConnection.open(connect, terminal)) {
            DivergentFiles.Republished done = admin.republish(name, Optional.ofNullable(topic));
            Output out = new Output(terminal.out());
            if (json) {
                out.json()
                        .begin()
                        .field("topic", done.topic())
                        .field("records", done.records())
                        .field("offset", done.firstOffset())
                        .endLine();
            } else {
                out.text("appended " + NumberFormats.grouped(done.records()) + " records to "
                        + done.topic() + ", from offset " + done.firstOffset() + "\n");
            }
            out.flush();
            return Exit.OK;
        }
    }
}
