package io.lignum.server;

/** The exit codes of the process; {@code --help} and the documentation list them. */
final class ExitCode {

    static final int OK = 0;
    /**
     * The command line or the configuration is wrong, or the data directory does not fit the
     * configured cluster; nothing was changed.
     */
    static final int USAGE = 2;
    /**
     * The node could not start: a port is in use, or the directory is locked or contains other
     * data. Also the JVM's exit code under {@code -XX:+ExitOnOutOfMemoryError}, which
     * {@code bin/lignum} sets.
     */
    static final int START_FAILED = 3;
    /**
     * The disk failed, the node cannot continue in its cluster, an Error reached the top of a
     * thread, or it did not stop in time; the log says which.
     */
    static final int FAILED = 4;

    private ExitCode() {}
}
