package io.lignum.server;

/** The exit codes of the process, which {@code --help} and the documentation list. */
final class ExitCode {

    static final int OK = 0;
    /**
     * The command line or the configuration is wrong, or the data directory is not fit for the
     * cluster that it names; nothing was touched.
     */
    static final int USAGE = 2;
    /**
     * The node could not start: a port is taken, the directory is locked or not ours. Also what the
     * JVM ends with under {@code -XX:+ExitOnOutOfMemoryError}, which {@code bin/lignum} sets.
     */
    static final int START_FAILED = 3;
    /**
     * The disk failed while the node ran, it cannot go on in its cluster, an Error reached the top
     * of a thread, or it did not stop in time; the log says what to look at.
     */
    static final int FAILED = 4;

    private ExitCode() {}
}
