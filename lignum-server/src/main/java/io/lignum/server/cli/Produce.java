package io.lignum.server.cli;

import io.lignum.client.LignumClient;
import io.lignum.client.Producer;
import io.lignum.record.Utf8;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.Callable;

/** Sends lines as messages. */
@Command(
        name = "produce",
        mixinStandardHelpOptions = true,
        description = "Sends each line of the input as a message: its bytes, without the line "
                + "feed. If a line fails, the command stops, and the error says up to which line "
                + "all are stored.",
        footer = {
            "",
            "Example: seq 1000 | lignum produce numbers && lignum tail numbers | tail -n 3"
        })
final class Produce implements Callable<Integer> {

    private static final long INTERRUPTED_WAIT_MILLIS = 5_000;
    private static final int TICK_LINES = 1024;

    private final Terminal terminal;

    @Parameters(paramLabel = "TOPIC", description = "created if it does not exist")
    private String topic = "";

    @Option(
            names = {"-f", "--file"},
            paramLabel = "FILE",
            description = "read this file (default: standard input)")
    private @Nullable Path file;

    @Option(
            names = "--key-separator",
            paramLabel = "TEXT",
            description = "text between key and value in each line; \\t is a tab")
    private @Nullable String keySeparator;

    @Option(names = "--json", description = "print the summary as a JSON object")
    private boolean json;

    @Option(
            names = {"-q", "--quiet"},
            description = "print neither progress nor summary")
    private boolean quiet;

    @Mixin
    private ProducerOptions options = new ProducerOptions();

    @Mixin
    private Connect connect = new Connect();

    Produce(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        byte[] separator = separator();
        try (InputStream in = input();
                LignumClient client = connect.open(terminal)) {
            Producer<byte[], byte[]> producer =
                    options.apply(client.producer(topic), connect.timeout()).open();
            Sending sending = new Sending(producer);
            ProgressLine progress = new ProgressLine(terminal);
            try (OnInterrupt stop = OnInterrupt.run(() -> interrupted(sending, progress))) {
                send(new Lines(in), separator, sending, progress, stop);
                sending.finish(4 * connect.timeout().toMillis());
                progress.clear();
                if (sending.hasFailed()) {
                    throw sending.failure();
                }
                summary(sending, progress);
                return Exit.OK;
            }
        }
    }

    private InputStream input() throws IOException {
        if (file == null || StandardStreams.isInput(file)) {
            return terminal.in();
        }
        if (Files.isDirectory(file)) {
            throw CommandFailure.failed(file + " is a directory");
        }
        return Files.newInputStream(file);
    }

    private byte[] separator() {
        if (keySeparator == null) {
            return new byte[0];
        }
        if (keySeparator.isEmpty()) {
            throw CommandFailure.usage("--key-separator must not be empty");
        }
        return Utf8.encode(keySeparator.replace("\\t", "\t"));
    }

    private void send(
            Lines lines, byte[] separator, Sending sending, ProgressLine progress, OnInterrupt stop)
            throws IOException {
        for (byte[] line = lines.next(); line != null; line = lines.next()) {
            if (separator.length == 0) {
                sending.send(null, line);
            } else {
                int at = indexOf(line, separator);
                if (at < 0) {
                    throw noSeparator(sending, progress);
                }
                sending.send(
                        Arrays.copyOf(line, at),
                        Arrays.copyOfRange(line, at + separator.length, line.length));
            }
            if (sending.hasFailed() || stop.hasCome()) {
                return;
            }
            if (!quiet && sending.sent() % TICK_LINES == 0) {
                progress.at(sending.sent(), sending.bytes(), 0);
            }
        }
    }

    private CommandFailure noSeparator(Sending sending, ProgressLine progress) {
        long line = sending.sent() + 1;
        progress.clear();
        try {
            sending.finish(4 * connect.timeout().toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return CommandFailure.failed("line " + line + " has no key separator '" + keySeparator
                + "'; " + sending.account());
    }

    private static int indexOf(byte[] line, byte[] separator) {
        for (int i = 0; i + separator.length <= line.length; i++) {
            if (Arrays.equals(line, i, i + separator.length, separator, 0, separator.length)) {
                return i;
            }
        }
        return -1;
    }

    private void interrupted(Sending sending, ProgressLine progress) {
        try {
            sending.finish(INTERRUPTED_WAIT_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        progress.clear();
        terminal.say("interrupted: " + sending.account());
    }

    private void summary(Sending sending, ProgressLine progress) throws IOException {
        double seconds = progress.seconds();
        long rate = Math.round((double) sending.sent() / seconds);
        if (json) {
            Output out = new Output(terminal.out());
            JsonLines line = out.json()
                    .begin()
                    .field("topic", topic)
                    .field("records", sending.stored())
                    .field("bytes", sending.bytes())
                    .field("seconds", seconds)
                    .field("recordsPerSecond", rate);
            if (sending.stored() > 0) {
                line.field("firstOffset", sending.firstOffset())
                        .field("lastOffset", sending.lastOffset());
            }
            line.endLine();
            out.flush();
        } else if (!quiet) {
            String offsets = sending.stored() == 0
                    ? ""
                    : ", offsets " + sending.firstOffset() + ".." + sending.lastOffset();
            terminal.say(NumberFormats.grouped(sending.stored()) + " records, "
                    + NumberFormats.bytes(sending.bytes()) + " stored in "
                    + NumberFormats.decimal(seconds, 2)
                    + " s: " + NumberFormats.grouped(rate) + " records/s, "
                    + NumberFormats.rate((double) sending.bytes() / seconds) + "/s" + offsets);
        }
    }
}
