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
 * Finds out which standard streams the process was given. If a stream was closed (as by
 * {@code <&-}), the next file that the process opens gets its number: a command would read a file
 * of the JVM as its input, and text for standard error would go into a data file. So {@link #claim}
 * occupies the free numbers, and a number that the JVM uses counts as closed.
 */
public final class StandardStreams {

    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");
    private static final Path FLAGS = Path.of("/proc/self/fdinfo");
    private static final int COUNT = 3;

    // Constants of open(2) on Linux.
    private static final int ACCESS_MODE = 03;
    private static final int READ_ONLY = 0;
    private static final int WRITE_ONLY = 1;
    private static final int CLOSE_ON_EXEC = 02000000;

    private final boolean[] closed = new boolean[COUNT];

    /** Never closed, so that their numbers stay occupied. */
    private final List<InputStream> held = new ArrayList<>();

    private StandardStreams() {}

    /**
     * Must be called before the process opens a file for writing. Without {@code /proc} it does
     * nothing; then {@code bin/lignum} has occupied the numbers.
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

    /** Opens a file on the lowest free number, read-only, so that writes to it fail. */
    private void hold() {
        try {
            held.add(new FileInputStream("/dev/null"));
        } catch (IOException e) {
            throw new IllegalStateException("a closed standard stream cannot be replaced", e);
        }
    }

    /** The JVM opens its own files and the class path before it loads our first class. */
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
        } catch (IOException missing) {
            return path.toAbsolutePath();
        }
    }

    /**
     * Whether the descriptor was opened after exec(), or is not readable (input) or writable
     * (output).
     */
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

    /**
     * Whether the file is standard input by another name, such as {@code /dev/stdin}: what stands
     * under that number is not to be read if the process was given none.
     */
    static boolean isInput(Path file) {
        try {
            return Files.isSameFile(file, DESCRIPTORS.resolve("0"));
        } catch (IOException none) {
            return false; // Opening the file says why.
        }
    }

    /** Returns the stream, or one that fails on read if the process was given none. */
    InputStream input(InputStream in) {
        return closed[0] ? new ClosedInput() : in;
    }

    /** Returns the stream, or one that fails on write if the process was given none. */
    OutputStream output(OutputStream out) {
        return closed[1] ? new ClosedOutput() : out;
    }

    /** Whether standard output is a terminal. */
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
            return false; // not Linux: no questions, no progress
        }
    }

    private static final class ClosedInput extends InputStream {
        @Override
        public int read() throws IOException {
            throw new IOException("standard input is closed; for empty input use </dev/null");
        }

        @Override
        public int read(byte[] bytes, int from, int count) throws IOException {
            return read();
        }
    }

    private static final class ClosedOutput extends OutputStream {
        @Override
        public void write(int oneByte) throws IOException {
            throw new IOException("standard output is closed; to discard output use >/dev/null");
        }
    }
}
