package io.lignum.server;

import io.lignum.server.cli.Terminal;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * The result of a {@code lignum} command that ran in this process.
 *
 * @param code exit code
 * @param bytes standard output
 * @param err standard error
 */
public record CommandRun(int code, byte[] bytes, String err) {

    public static CommandRun of(String... args) {
        return withInput(new byte[0], args);
    }

    public static CommandRun withInput(byte[] input, String... args) {
        return run(new ByteArrayInputStream(input), new ByteArrayOutputStream(), false, args);
    }

    /** Runs a command with input as if typed at a terminal. */
    public static CommandRun typed(String input, String... args) {
        byte[] bytes = input.getBytes(StandardCharsets.UTF_8);
        return run(new ByteArrayInputStream(bytes), new ByteArrayOutputStream(), true, args);
    }

    public static CommandRun run(
            InputStream in, OutputStream out, boolean terminal, String... args) {
        StringWriter err = new StringWriter();
        Terminal streams =
                new Terminal(in, out, new PrintWriter(err, true), Map.of(), terminal, terminal);
        var line = CommandLines.withAllCommands(streams);
        StringWriter help = new StringWriter();
        line.setOut(new PrintWriter(help, true));
        int code = line.execute(args);
        byte[] printed =
                out instanceof ByteArrayOutputStream memory ? memory.toByteArray() : new byte[0];
        return new CommandRun(
                code,
                printed.length == 0 ? help.toString().getBytes(StandardCharsets.UTF_8) : printed,
                err.toString());
    }

    public String out() {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
