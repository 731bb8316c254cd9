package io.lignum.server.service;

import java.time.Duration;

/** A listener for one protocol. */
public interface ProtocolServer extends AutoCloseable {

    /** The protocol's name, for the log. */
    String protocol();

    /** The bound port. */
    int port();

    /** Stops accepting, ends streams and waits until requests in progress are answered. */
    void drain(Duration atMost);

    /** Closes the remaining connections. Idempotent. */
    @Override
    void close();
}
