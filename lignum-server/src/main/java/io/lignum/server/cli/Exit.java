package io.lignum.server.cli;

/**
 * The exit codes of commands, documented in docs/command-line.md. 3 and 4 belong to {@code serve}.
 */
final class Exit {

    static final int OK = 0;
    /** The node refused, could not be reached, or a file could not be read or written. */
    static final int FAILED = 1;
    /** Wrong flags or arguments; nothing was done. */
    static final int USAGE = 2;
    /** {@code log verify}, {@code log dump}: an unfinished write, cut off at a start. */
    static final int TORN_TAIL = 5;
    /** {@code log verify}, {@code log dump}: durable data is damaged or missing. */
    static final int CORRUPTION = 6;
    /** {@code log verify}, {@code log dump}: written by a later release. */
    static final int UNSUPPORTED_VERSION = 7;
    /** A running node uses the directory. */
    static final int IN_USE = 8;

    /** {@code cluster status}: the cluster accepts no writes. */
    static final int NO_WRITES = 9;

    /** {@code log verify}: an index does not match its segment; no record is affected. */
    static final int WRONG_INDEX = 10;

    /** The state of the node or cluster does not allow what was asked for. */
    static final int FAILED_PRECONDITION = 11;

    /** {@code access check}: it is not allowed. */
    static final int NOT_ALLOWED = 12;

    private Exit() {}

    /** How a command ends that fails with an error code of a node, or of the client. */
    static int of(String errorCode) {
        return switch (errorCode) {
            case "INVALID_ARGUMENT", "INVALID_TOPIC" -> USAGE;
            case "FAILED_PRECONDITION" -> FAILED_PRECONDITION;
            default -> FAILED;
        };
    }
}
