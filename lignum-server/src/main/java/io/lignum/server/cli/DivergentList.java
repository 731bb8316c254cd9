package io.lignum.server.cli;

import io.lignum.server.grpc.ClusterAdmin;
import io.lignum.server.service.DivergentFileInfo;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.util.Locale;
import java.util.concurrent.Callable;

/** Lists the files of records that a node removed from its logs. */
@Command(
        name = "ls",
        mixinStandardHelpOptions = true,
        description =
                "Lists the files of records that the node given with --server removed from its logs.",
        footer = {"", "Example: lignum cluster divergent ls --server oak-2:9080"})
final class DivergentList implements Callable<Integer> {

    private final Terminal terminal;

    @Option(names = "--json", description = "print one JSON object per line")
    private boolean json;

    @Mixin
    private Connect connect = new Connect();

    DivergentList(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        try (ClusterAdmin admin = AdminConnection.open(connect, terminal)) {
            Output out = new Output(terminal.out());
            for (DivergentFileInfo file : admin.divergentFiles()) {
                if (json) {
                    line(out.json(), file);
                } else {
                    out.text(String.format(
                            Locale.ROOT,
                            "%s  %s  %d..%d  epoch %d  %s%n",
                            file.name(),
                            file.topic().orElse("(no topic)"),
                            file.from(),
                            file.to(),
                            file.epoch(),
                            NumberFormats.bytes(file.sizeInBytes())));
                }
                out.endRecord();
            }
            out.flush();
            return Exit.OK;
        }
    }

    private static void line(JsonLines json, DivergentFileInfo file) {
        json.begin().field("name", file.name()).field("topic_id", file.topicId());
        file.topic().ifPresent(topic -> json.field("topic", topic));
        json.field("epoch", file.epoch())
                .field("from", file.from())
                .field("to", file.to())
                .field("bytes", file.sizeInBytes())
                .endLine();
    }
}
