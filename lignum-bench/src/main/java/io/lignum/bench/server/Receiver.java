package io.lignum.bench.server;

import java.io.IOException;

/** Reads one topic in order. Used by one thread. */
interface Receiver extends AutoCloseable {

    /** Gets the records that were read. */
    @FunctionalInterface
    interface Sink {
        void take(byte[] value);
    }

    /**
     * Passes on available records; waits a moment for the first, and may return without any.
     */
    void poll(Sink sink) throws Exception;

    @Override
    void close() throws IOException;
}
