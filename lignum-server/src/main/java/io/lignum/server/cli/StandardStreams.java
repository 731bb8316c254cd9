package io.lignum.server.cli;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Which of the standard streams the process was really given. The number of a stream that was
 * closed (as by {@code <&-}) is the next file's that the process opens: a command would then read
 * the JVM's own files as its input, and a line for standard error would be written into a data
 * file. So {@link #claim} takes the free numbers, and a number that is the JVM's counts as closed.
 */
public final class StandardStreams {

    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");
    private static final Path FLAGS = Path.of("/proc/self/fdinfo");
    private static final int COUNT = 3;

    // Of open(2) on Linux.
    private static final int ACCESS_MODE = 03;
    private static final int READ_ONLY = 0;
    private static final int WRITE_ONLY = 1;
    private static final int CLOSE_ON_EXEC = 02000000;

    private final boolean[] closed = new boolean[COUNT];

    /** Never closed, so that their numbers stay taken. */
    private final List<InputStream> held = new ArrayList<>();

    private StandardStreams() {}

    /**
     * Called first by the process, before it opens a file to write to. Without {@code /proc}
     * nothing is known and nothing is done; {@code bin/lignum} has taken the numbers then.
     */
    public static StandardStreams claim() {
        StandardStreams streams = new StandardStreams();
        if (Files.isDirectory(DESCRIPTORS)) {
            for (int descriptor = 0; descriptor < COUNT; descriptor++) {
                streams.closed[descriptor] = streams.isClosed(descriptor);
            }
        }
        return streams;
    }

    private boolean isClosed(int descriptor) {
        Path link = DESCRIPTORS.resolve(Integer.toString(descriptor));
        try {
            Path target = Files.readSymbolicLink(link);
            return isOfTheJvm(target) || isUnusable(descriptor);
        } catch (IOException free) {
            hold();
            return true;
        }
    }

    /** The lowest free number is taken; what is open for reading only takes no output. */
    private void hold() {
        try {
            held.add(new FileInputStream("/dev/null"));
        } catch (IOException e) {
            throw new IllegalStateException("a closed standard stream cannot be replaced", e);
        }
    }

    /**
     * The JVM has its own files and the class path open before the first class of ours is loaded.
     */
    private static boolean isOfTheJvm(Path target) {
        Path home = Path.of(System.getProperty("java.home"));
        if (target.startsWith(home) || target.startsWith(real(home))) {
            return true;
        }
        return List.of(System.getProperty("java.class.path").split(java.io.File.pathSeparator))
                .stream()
                .filter(entry -> entry.endsWith(".jar"))
                .anyMatch(entry -> real(Path.of(entry)).equals(target));
    }

    private static Path real(Path path) {
        try {
            return path.toRealPath();
        } catch (IOException gone) {
            return path.toAbsolutePath();
        }
    }

    /** What exec() would have closed was opened since; input must be readable, output writable. */
    private static boolean isUnusable(int descriptor) throws IOException {
        for (String line : Files.readAllLines(FLAGS.resolve(Integer.toString(descriptor)))) {
            if (line.startsWith("flags:")) {
                int flags = Integer.parseInt(line.substring("flags:".length()).strip(), 8);
                int mode = flags & ACCESS_MODE;
                return (flags & CLOSE_ON_EXEC) != 0
                        || mode == (descriptor == 0 ? WRITE_ONLY : READ_ONLY);
            }
        }
        return false;
    }

    /** The stream, or one that refuses to be read when the process was given none. */
    InputStream input(InputStream in) {
        return closed[0] ? new ClosedInput() : in;
    }

    /** The stream, or one that refuses to be written when the process was given none. */
    OutputStream output(OutputStream out) {
        return closed[1] ? new ClosedOutput() : out;
    }

    /** Whether somebody reads standard output as it comes. */
    public boolean outputIsTerminal() {
        return !closed[1] && isTerminal(1);
    }

    static boolean isTerminal(int descriptor) {
        try {
            String target = Files.readSymbolicLink(
                            DESCRIPTORS.resolve(Integer.toString(descriptor)))
                    .toString();
            return target.startsWith("/dev/pts/")
                    || target.startsWith("/dev/tty")
                    || target.equals("/dev/console");
        } catch (IOException e) {
            return false; // not Linux: a question is not asked and progress is not shown
        }
    }

    private static final class ClosedInput extends InputStream {
        @Override
        public int read() throws IOException {
            throw new IOException("standard input is closed; for no input give </dev/null");
        }

        @Override
        public int read(byte[] bytes, int from, int count) throws IOException {
            return read();
        }
    }

    private static final class ClosedOutput extends OutputStream {
        @Override
        public void write(int oneByte) throws IOException {
            throw new IOException("standard output is closed; for no output give >/dev/null");
        }
    }
}
