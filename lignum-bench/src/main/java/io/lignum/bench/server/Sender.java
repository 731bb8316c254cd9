package io.lignum.bench.server;

import java.io.IOException;

/** Appends to one topic. {@code sendAndWait} is for any thread unless the class says otherwise. */
interface Sender extends AutoCloseable {

    /** A record that was sent. */
    @FunctionalInterface
    interface Pending {
        /** Returns when the server has acknowledged the record; fails if it refused it. */
        void await() throws Exception;
    }

    /** Sends without waiting; the array may be changed afterwards. By one thread at a time. */
    Pending send(byte[] value) throws Exception;

    /** Sends, and waits for the server's acknowledgement. */
    default void sendAndWait(byte[] value) throws Exception {
        send(value).await();
    }

    /** What was sent leaves now, for a client that does not see to it by itself. */
    default void flush() throws IOException {}

    @Override
    void close() throws IOException;
}
