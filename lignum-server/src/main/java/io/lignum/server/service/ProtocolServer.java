package io.lignum.server.service;

import java.time.Duration;

/** A way into the node for one protocol. */
public interface ProtocolServer extends AutoCloseable {

    /** What it speaks, for the log. */
    String protocol();

    /** The port as bound. */
    int port();

    /** Stops accepting, ends streams and waits until requests in flight are answered. */
    void drain(Duration atMost);

    /** Cuts what is left. Idempotent. */
    @Override
    void close();
}
