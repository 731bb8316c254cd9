package io.lignum.server.cli;

import io.lignum.client.LignumClient;
import io.lignum.client.TopicDescription;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.io.IOException;
import java.util.concurrent.Callable;

/** Creates a topic. */
@Command(
        name = "create",
        mixinStandardHelpOptions = true,
        description = "Creates a topic. Settings that are not given have the node's defaults. A "
                + "topic is also created by its first message.",
        footer = {"", "Example: lignum topic create orders --live --retention-time 7d"})
final class TopicCreate implements Callable<Integer> {

    private final Terminal terminal;

    @Parameters(
            paramLabel = "TOPIC",
            description = "name: 1 to 249 characters of A-Z a-z 0-9 . _ -")
    private String name = "";

    @Mixin
    private TopicSettings settings = new TopicSettings();

    @Option(names = "--json", description = "print the topic as a JSON object")
    private boolean json;

    @Mixin
    private Connect connect = new Connect();

    TopicCreate(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        try (LignumClient client = connect.open(terminal)) {
            TopicDescription created = Connect.await(client.topics().create(settings.of(name)));
            Output out = new Output(terminal.out());
            if (json) {
                TopicText.json(out.json(), created);
            } else {
                out.text("created topic " + created.name() + "\n");
            }
            out.flush();
            return Exit.OK;
        }
    }
}
