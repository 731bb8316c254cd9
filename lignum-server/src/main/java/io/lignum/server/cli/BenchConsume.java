package io.lignum.server.cli;

import io.lignum.client.Consumer;
import io.lignum.client.LignumClient;
import io.lignum.client.Received;

import org.HdrHistogram.Histogram;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.io.IOException;
import java.util.concurrent.Callable;

/** Measures how fast messages are read. */
@Command(
        name = "consume",
        mixinStandardHelpOptions = true,
        description = "Reads a topic from a position to its current end and discards the "
                + "messages. Latency is the time that the reader waits for the next "
                + "message.")
final class BenchConsume implements Callable<Integer> {

    private static final int DIGITS = 3;
    private static final int TICK_RECORDS = 1024;

    private final Terminal terminal;

    @Parameters(paramLabel = "TOPIC", arity = "0..1", description = "default: lignum-bench")
    private String topic = "lignum-bench";

    @Option(
            names = {"-n", "--records"},
            paramLabel = "N",
            description = "at most this many (default: all)")
    private long records = Long.MAX_VALUE;

    @Option(
            names = "--from",
            paramLabel = "WHERE",
            description = "beginning (default), an offset, -N, or a time")
    private String from = "beginning";

    @Option(names = "--json", description = "print the result as a JSON object")
    private boolean json;

    @Mixin
    private Connect connect = new Connect();

    BenchConsume(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        Position.check(from);
        if (records < 1) {
            throw CommandFailure.usage("--records must be at least 1");
        }
        try (LignumClient client = connect.open(terminal)) {
            Position.Range range = Position.resolve(client, topic, from);
            long count = Math.min(records, range.end() - range.start());
            if (count == 0) {
                throw CommandFailure.failed("there is nothing to read from " + from + " of topic "
                        + topic + "; fill it with: lignum bench produce " + topic);
            }
            try (Consumer<byte[], byte[]> consumer = client.consumer(topic)
                    .fromOffset(range.start())
                    .toOffset(range.start() + count)
                    .open()) {
                return run(consumer, count);
            }
        }
    }

    private int run(Consumer<byte[], byte[]> consumer, long count)
            throws IOException, InterruptedException {
        ProgressLine progress = new ProgressLine(terminal);
        Histogram waits = new Histogram(DIGITS);
        long bytes = 0;
        long before = System.nanoTime();
        for (long i = 0; i < count; i++) {
            Received<byte[], byte[]> record = consumer.next();
            long now = System.nanoTime();
            waits.recordValue(now - before);
            before = now;
            byte[] key = record.key();
            byte[] value = record.value();
            bytes += (key == null ? 0 : key.length) + (value == null ? 0 : value.length);
            if (i % TICK_RECORDS == 0) {
                progress.at(i, bytes, 0);
            }
        }
        double seconds = progress.seconds();
        progress.clear();
        BenchResult.print(
                new Output(terminal.out()),
                json,
                new BenchResult.Amount(topic, count, bytes, seconds),
                waits);
        return Exit.OK;
    }
}
