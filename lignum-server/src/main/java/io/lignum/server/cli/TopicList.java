package io.lignum.server.cli;

import io.lignum.client.LignumClient;
import io.lignum.client.TopicDescription;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;

/** Lists topics. */
@Command(
        name = "ls",
        aliases = "list",
        mixinStandardHelpOptions = true,
        description = "Lists the topics by name.")
final class TopicList implements Callable<Integer> {

    private final Terminal terminal;

    @Option(names = "--json", description = "print one JSON object per topic and line")
    private boolean json;

    @Mixin
    private Connect connect = new Connect();

    TopicList(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        try (LignumClient client = connect.open(terminal)) {
            List<TopicDescription> topics = Connect.await(client.topics().list());
            Output out = new Output(terminal.out());
            if (json) {
                topics.forEach(topic -> TopicText.json(out.json(), topic));
            } else if (topics.isEmpty()) {
                terminal.say("no topics yet; the first message to a topic creates it");
            } else {
                int width =
                        topics.stream().mapToInt(t -> t.name().length()).max().orElse(0);
                TopicText.heading(out, Math.max(width, 5));
                topics.forEach(topic -> TopicText.row(out, topic, Math.max(width, 5)));
            }
            out.flush();
            return Exit.OK;
        }
    }
}
