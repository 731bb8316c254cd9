package io.lignum.server.cli;

import io.lignum.record.IoErrors;

import java.io.ByteArrayOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;

/**
 * Holds what the command line prints for {@code --help}, {@code --version} and
 * {@code --print-config} until the command ends, and writes it then. The default writer ignores
 * failures: with a full disk the exit code would be 0. Used by one thread.
 */
public final class PrintedText {

    private final OutputStream out;
    private final ByteArrayOutputStream text = new ByteArrayOutputStream(0);
    private final PrintWriter writer = new PrintWriter(text, false, StandardCharsets.UTF_8);

    PrintedText(OutputStream out) {
        this.out = out;
    }

    public static PrintedText ofProcess(StandardStreams streams) {
        return new PrintedText(streams.output(new FileOutputStream(FileDescriptor.out)));
    }

    public PrintWriter writer() {
        return writer;
    }

    /**
     * Writes the text and returns the exit code of a process whose command ended with {@code code}:
     * a failure if the text could not be written. It is no failure if the reader of a pipe has
     * closed it.
     */
    public int write(int code, PrintWriter err) {
        writer.flush();
        if (text.size() == 0) {
            return code;
        }
        try {
            Output output = new Output(out);
            output.raw(text.toByteArray());
            output.flush();
            return code;
        } catch (Output.ReaderClosed e) {
            return code;
        } catch (IOException e) {
            err.println("lignum: " + IoErrors.describe(e));
            err.flush();
            return code == Exit.OK ? Exit.FAILED : code;
        }
    }
}
