package io.lignum.server.cli;

import io.lignum.client.LignumClient;
import io.lignum.client.Producer;

import org.HdrHistogram.ConcurrentHistogram;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;

/** Measures how fast messages are acknowledged. */
@Command(
        name = "produce",
        mixinStandardHelpOptions = true,
        description = "Sends messages of random bytes as fast as they are acknowledged, or at a "
                + "fixed rate. They stay in the topic; 'lignum topic rm' removes it. Latency is "
                + "measured from the call of send, with --rate from the time at which the message was "
                + "due, to the response.")
final class BenchProduce implements Callable<Integer> {

    private static final long MAX_LATENCY_NANOS = TimeUnit.MINUTES.toNanos(5);
    private static final int DIGITS = 3;

    private final Terminal terminal;
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private final ConcurrentHistogram latencies =
            new ConcurrentHistogram(MAX_LATENCY_NANOS, DIGITS);

    @Parameters(paramLabel = "TOPIC", arity = "0..1", description = "default: lignum-bench")
    private String topic = "lignum-bench";

    @Option(
            names = {"-n", "--records"},
            paramLabel = "N",
            description = "number of messages (default: 1000000)")
    private long records = 1_000_000;

    @Option(
            names = "--size",
            paramLabel = "SIZE",
            converter = NumberFormats.Size.class,
            description = "bytes per message (default: 100)")
    private Long size = 100L;

    @Option(
            names = "--in-flight",
            paramLabel = "N",
            description = "messages sent and not yet answered; 1: one at a time (default: 10000)")
    private int inFlight = 10_000;

    @Option(
            names = "--rate",
            paramLabel = "N",
            description = "messages per second (default: unlimited)")
    private long rate;

    @Option(names = "--json", description = "print the result as a JSON object")
    private boolean json;

    @Mixin
    private ProducerOptions options = new ProducerOptions();

    @Mixin
    private Connect connect = new Connect();

    BenchProduce(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (records < 1 || inFlight < 1 || rate < 0 || size < 0 || size > (64 << 20)) {
            throw CommandFailure.usage(
                    "--records and --in-flight must be at least 1, --rate at least 0,"
                            + " --size at most 64MiB");
        }
        try (LignumClient client = connect.open(terminal);
                Producer<byte[], byte[]> producer =
                        options.apply(client.producer(topic), connect.timeout()).open()) {
            ProgressLine progress = new ProgressLine(terminal);
            long sent = run(producer, progress);
            double seconds = progress.seconds();
            progress.clear();
            Throwable cause = failure.get();
            if (cause != null) {
                throw CommandFailure.failed("a message failed: " + Failures.words(cause));
            }
            Output out = new Output(terminal.out());
            BenchResult.print(
                    out,
                    json,
                    new BenchResult.Amount(topic, sent, sent * size, seconds),
                    latencies);
            return Exit.OK;
        }
    }

    private long run(Producer<byte[], byte[]> producer, ProgressLine progress)
            throws InterruptedException {
        byte[] value = new byte[Math.toIntExact(size)];
        RandomGenerator.getDefault().nextBytes(value);
        Semaphore slots = new Semaphore(inFlight);
        long started = System.nanoTime();
        long sent = 0;
        while (sent < records && failure.get() == null) {
            long due = rate == 0 ? 0 : started + (long) ((double) sent * 1e9 / (double) rate);
            if (rate > 0) {
                awaitTime(due);
            }
            slots.acquire();
            long since = rate == 0 ? System.nanoTime() : due;
            var unused = producer.send(value).whenComplete((offset, failed) -> {
                if (failed == null) {
                    latencies.recordValue(Math.min(System.nanoTime() - since, MAX_LATENCY_NANOS));
                } else {
                    failure.compareAndSet(null, Failures.unwrap(failed));
                }
                slots.release();
            });
            sent++;
            progress.at(sent, sent * size, records * size);
        }
        slots.acquire(inFlight);
        return sent;
    }

    private static void awaitTime(long due) {
        for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }
}
