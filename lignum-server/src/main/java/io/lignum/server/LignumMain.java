package io.lignum.server;

import io.lignum.server.cli.Commands;
import io.lignum.server.cli.PrintedText;
import io.lignum.server.cli.StandardStreams;
import io.lignum.server.cli.Terminal;
import io.lignum.server.logging.LogSetup;

import picocli.CommandLine;

/** The main class of the command line. */
public final class LignumMain {

    private LignumMain() {}

    public static void main(String[] args) {
        StandardStreams streams = StandardStreams.claim();
        if (!Arguments.areReadable(args)) {
            System.err.println("lignum: " + Arguments.problem());
            System.exit(ExitCode.USAGE);
        }
        PrintedText printed = PrintedText.ofProcess(streams);
        CommandLine line = commands(args, streams).setOut(printed.writer());
        int code = printed.write(line.execute(args), line.getErr());
        // A serving node ends through its shutdown hook or a failure, each with its own exit code.
        System.exit(code);
    }

    private static CommandLine commands(String[] args, StandardStreams streams) {
        if (Commands.wanted(args)) {
            LogSetup.installForCommands(System.getenv());
            return CommandLines.withAllCommands(Terminal.ofProcess(System.getenv(), streams));
        }
        LogSetup.install(System.getenv(), streams.outputIsTerminal());
        return CommandLines.of(System.getenv());
    }
}
