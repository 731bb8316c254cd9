package io.lignum.server.cli;

import io.lignum.client.LignumClient;
import io.lignum.client.TopicDescription;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.io.IOException;
import java.util.concurrent.Callable;

/** Describes one topic. */
@Command(
        name = "describe",
        mixinStandardHelpOptions = true,
        description = "Shows a topic's settings and contents.")
final class TopicDescribe implements Callable<Integer> {

    private final Terminal terminal;

    @Parameters(paramLabel = "TOPIC", description = "name of the topic")
    private String name = "";

    @Option(names = "--json", description = "print a JSON object")
    private boolean json;

    @Mixin
    private Connect connect = new Connect();

    TopicDescribe(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        try (LignumClient client = connect.open(terminal)) {
            TopicDescription topic = Connect.await(client.topics().describe(name));
            Output out = new Output(terminal.out());
            if (json) {
                TopicText.json(out.json(), topic);
            } else {
                TopicText.details(out, topic);
            }
            out.flush();
            return Exit.OK;
        }
    }
}
