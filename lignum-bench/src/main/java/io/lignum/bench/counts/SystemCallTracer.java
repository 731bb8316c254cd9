package io.lignum.bench.counts;

import java.io.IOException;
import java.nio.file.Path;

/**
 * A program that counts the system calls of another process: perf or strace. Used by one thread.
 */
interface SystemCallTracer {

    /** The name of the program, for the report. */
    String name();

    /**
     * Starts to count the calls of all threads of a process, including threads that it starts
     * later. Returns when the counting has started.
     *
     * @param pid the process
     * @param scratch an existing directory for the program's output
     * @throws IOException if the program is not installed or not permitted to trace the process;
     *     the message says which
     */
    Attached attach(long pid, Path scratch) throws IOException;

    /** A tracer that counts. */
    interface Attached extends AutoCloseable {

        /** Ends the counting and returns the result; the traced process goes on. */
        SystemCallCounts stop() throws IOException, InterruptedException;

        /** Ends the tracer if {@link #stop} did not. */
        @Override
        void close() throws IOException;
    }
}
