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
 * What a command talks to: the process's own streams, or those of a test.
 *
 * @param in standard input, not buffered
 * @param out standard output, not buffered: data only
 * @param err standard error: what is for a human
 * @param environment of the process
 * @param inIsTerminal whether a human types the input
 * @param errIsTerminal whether progress may be shown
 */
public record Terminal(
        InputStream in,
        OutputStream out,
        PrintWriter err,
        Map<String, String> environment,
        boolean inIsTerminal,
        boolean errIsTerminal) {

    /** Not System.out, which swallows the error of a pipe whose reader has gone. */
    public static Terminal ofProcess(Map<String, String> environment, StandardStreams streams) {
        return new Terminal(
                streams.input(new FileInputStream(FileDescriptor.in)),
                streams.output(new FileOutputStream(FileDescriptor.out)),
                new PrintWriter(System.err, true, StandardCharsets.UTF_8),
                environment,
                StandardStreams.isTerminal(0),
                StandardStreams.isTerminal(2));
    }

    /** Asks; only "y" and "yes" are a yes. */
    boolean agrees(String question) throws IOException {
        err.print(question + " [y/N] ");
        err.flush();
        byte[] line = new Lines(in).next();
        String answer = line == null ? "" : new String(line, StandardCharsets.UTF_8);
        return answer.strip().equalsIgnoreCase("y") || answer.strip().equalsIgnoreCase("yes");
    }

    /** One line for the user. */
    void say(String line) {
        err.println("lignum: " + line);
        err.flush();
    }
}
