package io.lignum.server.cli;

import io.lignum.client.LignumClient;
import io.lignum.client.TopicDescription;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.io.IOException;
import java.util.concurrent.Callable;

/** Deletes a topic after a confirmation. */
@Command(
        name = "rm",
        mixinStandardHelpOptions = true,
        description = "Removes a topic with all its records. Asks for confirmation.")
final class TopicRemove implements Callable<Integer> {

    private final Terminal terminal;

    @Parameters(paramLabel = "TOPIC", description = "name of the topic")
    private String name = "";

    @Mixin
    private Confirmation confirmation = new Confirmation();

    @Option(names = "--json", description = "print the removed topic as a JSON object")
    private boolean json;

    @Mixin
    private Connect connect = new Connect();

    TopicRemove(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        confirmation.requireTerminal(terminal, "remove topic " + name);
        try (LignumClient client = connect.open(terminal)) {
            TopicDescription topic = Connect.await(client.topics().describe(name));
            confirmation.ask(
                    terminal,
                    "Remove topic " + name + " with " + NumberFormats.grouped(topic.recordCount())
                            + " records?",
                    "topic " + name + " was kept");
            Connect.await(client.topics().delete(name));
            Output out = new Output(terminal.out());
            if (json) {
                TopicText.json(out.json(), topic);
            } else {
                out.text("removed topic " + name + " and its "
                        + NumberFormats.grouped(topic.recordCount()) + " records\n");
            }
            out.flush();
            return Exit.OK;
        }
    }
}
