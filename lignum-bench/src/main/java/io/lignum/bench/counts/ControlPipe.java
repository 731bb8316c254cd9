package io.lignum.bench.counts;

import io.lignum.bench.work.ServerProcess;

import java.io.Closeable;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The two named pipes through which {@code perf stat --control} takes commands and acknowledges
 * them. Used by one thread.
 */
final class ControlPipe implements Closeable {

    /** What perf writes for each command, at once; some versions add a zero byte. */
    private static final int ACKNOWLEDGEMENT_BYTES = "ack\n".length();

    private final Path commandPath;
    private final Path ackPath;
    private final RandomAccessFile commands;
    private final RandomAccessFile ackHolder;
    private final FileInputStream acks;

    private ControlPipe(Path commandPath, Path ackPath) throws IOException {
        this.commandPath = commandPath;
        this.ackPath = ackPath;
        // Linux opens a pipe for both directions without waiting for the other end.
        commands = new RandomAccessFile(commandPath.toFile(), "rw");
        ackHolder = new RandomAccessFile(ackPath.toFile(), "rw");
        acks = new FileInputStream(ackPath.toFile());
    }

    /** Creates the pipes in a directory; {@code name} tells them from others. */
    static ControlPipe create(Path directory, String name) throws IOException {
        Path commandPath = directory.resolve(name + ".ctl");
        Path ackPath = directory.resolve(name + ".ack");
        for (Path path : new Path[] {commandPath, ackPath}) {
            Files.deleteIfExists(path);
            Process process =
                    new ProcessBuilder("mkfifo", path.toString()).inheritIO().start();
            if (process.onExit().join().exitValue() != 0) {
                throw new IOException("mkfifo " + path + " failed");
            }
        }
        return new ControlPipe(commandPath, ackPath);
    }

    /** The value of perf's option {@code --control}. */
    String option() {
        return "fifo:" + commandPath + "," + ackPath;
    }

    /** Sends a command and waits until perf has executed it; fails if perf ends before. */
    void send(String command, ServerProcess perf) throws IOException {
        commands.write((command + "\n").getBytes(StandardCharsets.US_ASCII));
        int available = perf.await(
                () -> Optional.of(acks.available()).filter(n -> n >= ACKNOWLEDGEMENT_BYTES));
        int unused = acks.read(new byte[available]); // Other methods seek, which a pipe cannot.
    }

    @Override
    public void close() throws IOException {
        try (commands;
                ackHolder;
                acks) {
            Files.deleteIfExists(commandPath);
            Files.deleteIfExists(ackPath);
        }
    }
}
