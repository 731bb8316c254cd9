package io.lignum.bench.server;

import java.io.IOException;

/** Reads one topic in its order. Used by one thread. */
interface Receiver extends AutoCloseable {

    /** Is given what is read. */
    @FunctionalInterface
    interface Sink {
        void take(byte[] value);
    }

    /** Hands on what there is; waits a moment if there is nothing, and may return without any. */
    void poll(Sink sink) throws Exception;

    @Override
    void close() throws IOException;
}
