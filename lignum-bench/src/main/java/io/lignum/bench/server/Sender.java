package io.lignum.bench.server;

import java.io.IOException;

/**
 * Appends to one topic. {@code sendAndWait} may be called by any thread unless the class says
 * otherwise.
 */
interface Sender extends AutoCloseable {

    /** A record that was sent. */
    @FunctionalInterface
    interface Pending {
        /** Returns when the server has acknowledged the record; fails if it refused it. */
        void await() throws Exception;
    }

    /** Sends without waiting; the caller may change the array afterwards. One thread at a time. */
    Pending send(byte[] value) throws Exception;

    /** Sends, and waits for the server's acknowledgement. */
    default void sendAndWait(byte[] value) throws Exception {
        send(value).await();
    }

    /** Sends buffered records now, for clients that do not do so themselves. */
    default void flush() throws IOException {}

    @Override
    void close() throws IOException;
}
