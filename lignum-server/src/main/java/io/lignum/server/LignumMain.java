package io.lignum.server;

import io.lignum.server.logging.LogSetup;

import picocli.CommandLine;

/** The command line's entry. */
public final class LignumMain {

    private LignumMain() {}

    public static void main(String[] args) {
        LogSetup.install(System.getenv());
        CommandLine command = CommandLines.of(System.getenv());
        int code = command.execute(args);
        // A node that serves ends through its shutdown hook or a failure, each with its own code.
        System.exit(code);
    }
}
