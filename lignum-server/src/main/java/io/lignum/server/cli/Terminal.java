package io.lignum.server.cli;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * The streams of a command: those of the process, or of a test.
 *
 * @param in standard input, unbuffered
 * @param out standard output, unbuffered: data only
 * @param err standard error: messages for the user
 * @param environment of the process
 * @param inIsTerminal whether a user types the input
 * @param errIsTerminal whether progress may be shown
 * @param echo whether the terminal shows what the user types
 */
public record Terminal(
        InputStream in,
        OutputStream out,
        PrintWriter err,
        Map<String, String> environment,
        boolean inIsTerminal,
        boolean errIsTerminal,
        Echo echo) {

    /** Makes a terminal show what the user types, or not. */
    interface Echo {
        void show(boolean shown) throws IOException;
    }

    /** Streams that are no terminal, or that of a test. */
    public Terminal(
            InputStream in,
            OutputStream out,
            PrintWriter err,
            Map<String, String> environment,
            boolean inIsTerminal,
            boolean errIsTerminal) {
        this(in, out, err, environment, inIsTerminal, errIsTerminal, shown -> {});
    }

    /** The streams of the process. Does not use System.out, which hides write errors. */
    public static Terminal ofProcess(Map<String, String> environment, StandardStreams streams) {
        return new Terminal(
                streams.input(new FileInputStream(FileDescriptor.in)),
                streams.output(new FileOutputStream(FileDescriptor.out)),
                new PrintWriter(System.err, true, StandardCharsets.UTF_8),
                environment,
                StandardStreams.isTerminal(0),
                StandardStreams.isTerminal(2),
                new Stty());
    }

    /** Asks the user; only "y" and "yes" mean yes. */
    boolean agrees(String question) throws IOException {
        err.print(question + " [y/N] ");
        err.flush();
        byte[] line = new Lines(in).next();
        String answer = line == null ? "" : new String(line, StandardCharsets.UTF_8);
        return answer.strip().equalsIgnoreCase("y") || answer.strip().equalsIgnoreCase("yes");
    }

    /** Prints one line for the user. */
    void say(String line) {
        err.println("lignum: " + line);
        err.flush();
    }
}
