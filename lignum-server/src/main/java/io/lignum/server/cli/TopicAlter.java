package io.lignum.server.cli;

import io.lignum.client.LignumClient;
import io.lignum.client.TopicDescription;
import io.lignum.client.TopicSpec;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.io.IOException;
import java.util.concurrent.Callable;

/** Changes a topic's settings. */
@Command(
        name = "alter",
        mixinStandardHelpOptions = true,
        description = "Changes the given settings and leaves the others as they are.",
        footer = {"", "Example: lignum topic alter orders --live --quorum 2"})
final class TopicAlter implements Callable<Integer> {

    private final Terminal terminal;

    @Parameters(paramLabel = "TOPIC", description = "name of the topic")
    private String name = "";

    @Mixin
    private TopicSettings settings = new TopicSettings();

    @Option(names = "--json", description = "print the topic as a JSON object")
    private boolean json;

    @Mixin
    private Connect connect = new Connect();

    TopicAlter(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        TopicSpec spec = settings.of(name);
        if (spec.equals(TopicSpec.of(name))) {
            throw CommandFailure.usage("no setting given, so there is nothing to change");
        }
        try (LignumClient client = connect.open(terminal)) {
            TopicDescription altered = Connect.await(client.topics().alter(spec));
            Output out = new Output(terminal.out());
            if (json) {
                TopicText.json(out.json(), altered);
            } else {
                TopicText.details(out, altered);
            }
            out.flush();
            return Exit.OK;
        }
    }
}
