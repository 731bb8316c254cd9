package io.lignum.server.cli;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
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
    public static Terminal ofProcess(Map<String, String> environment) {
        return new Terminal(
                new FileInputStream(FileDescriptor.in),
                new FileOutputStream(FileDescriptor.out),
                new PrintWriter(System.err, true, StandardCharsets.UTF_8),
                environment,
                isTerminal(0),
                isTerminal(2));
    }

    private static boolean isTerminal(int descriptor) {
        try {
            String target = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor))
                    .toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty");
        } catch (IOException e) {
            return false; // not Linux: a question is not asked and progress is not shown
        }
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
