package io.lignum.server.cli;

import io.lignum.client.Consumer;
import io.lignum.client.LignumClient;
import io.lignum.client.Received;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;

/** Prints the messages of a topic. */
@Command(
        name = "tail",
        mixinStandardHelpOptions = true,
        description = "Prints the messages of a topic, each followed by a line feed, up to "
                + "the topic's end at the start of the command, or continuously with --follow.",
        footer = {
            "",
            "Examples: lignum tail orders --from -10 --follow",
            "          lignum tail orders --from 2026-11-22T08:00:00Z --format '%%o %%T %%k %%v\\n'",
            "          lignum tail orders --json | jq .message"
        })
final class Tail implements Callable<Integer> {

    private static final Duration WAIT = Duration.ofSeconds(1);

    private final Terminal terminal;
    private long printed;

    @Parameters(paramLabel = "TOPIC", description = "name of the topic")
    private String topic = "";

    @Option(
            names = "--from",
            paramLabel = "WHERE",
            description = {
                "beginning (default), end, an offset, -N for the last N,",
                "or a time such as 2026-11-22T08:00:00Z"
            })
    private String from = "beginning";

    @Option(
            names = {"-f", "--follow"},
            description = "continue with new messages until interrupted")
    private boolean follow;

    @Option(
            names = {"-n", "--max"},
            paramLabel = "N",
            description = "stop after this many messages")
    private long max = Long.MAX_VALUE;

    @Option(
            names = "--format",
            paramLabel = "TEXT",
            description = {
                "%%o offset, %%t time in ms, %%T time as text, %%k key, %%v value, %%h headers, %%%%;",
                "\\n \\t \\r \\0 \\\\; no line feed is added (default: '%%v\\n')"
            })
    private String format = "%v\\n";

    @Option(names = "--json", description = "print one JSON object per line, like the HTTP API")
    private boolean json;

    @Mixin
    private Connect connect = new Connect();

    Tail(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        Format template = Format.parse(format);
        Position.check(from);
        if (max < 1) {
            throw CommandFailure.usage("--max must be at least 1");
        }
        Output out = new Output(terminal.out());
        try (LignumClient client = connect.open(terminal)) {
            Position.Range range = Position.resolve(client, topic, from);
            long start = range.start();
            if (!follow && start >= range.end()) {
                return Exit.OK;
            }
            var builder = client.consumer(topic).fromOffset(start);
            try (Consumer<byte[], byte[]> consumer =
                    (follow ? builder : builder.toOffset(range.end())).open()) {
                if (follow) {
                    follow(consumer, template, out);
                } else {
                    print(consumer, template, out);
                }
            }
            out.flush();
            return Exit.OK;
        }
    }

    private void print(Consumer<byte[], byte[]> consumer, Format template, Output out)
            throws IOException, InterruptedException {
        while (printed < max && consumer.hasNext()) {
            write(consumer.next(), template, out);
        }
    }

    /** Prints the messages that have arrived before it waits for more. */
    private void follow(Consumer<byte[], byte[]> consumer, Format template, Output out)
            throws IOException, InterruptedException {
        while (printed < max) {
            Optional<Received<byte[], byte[]>> next = consumer.poll(Duration.ZERO);
            if (next.isEmpty()) {
                out.flush();
                next = consumer.poll(WAIT);
            }
            if (next.isPresent()) {
                write(next.get(), template, out);
            }
        }
    }

    private void write(Received<byte[], byte[]> record, Format template, Output out)
            throws IOException {
        if (json) {
            RecordJson.write(out.json(), record);
        } else {
            template.write(out, record);
        }
        printed++;
        out.endRecord();
    }
}
