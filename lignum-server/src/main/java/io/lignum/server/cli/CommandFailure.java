package io.lignum.server.cli;

/**
 * Ends a command with an exit code and one line for the user that says what happened and what to
 * do.
 */
final class CommandFailure extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final int exitCode;

    CommandFailure(int exitCode, String message) {
        super(message);
        this.exitCode = exitCode;
    }

    static CommandFailure usage(String message) {
        return new CommandFailure(Exit.USAGE, message);
    }

    static CommandFailure failed(String message) {
        return new CommandFailure(Exit.FAILED, message);
    }

    int exitCode() {
        return exitCode;
    }
}
