package io.lignum.server.service;

import java.util.concurrent.atomic.AtomicBoolean;

/** The permission for one request or stream. Closing it twice is harmless. */
public final class Permit implements AutoCloseable {

    private final Permits permits;
    private final AtomicBoolean closed = new AtomicBoolean();

    Permit(Permits permits) {
        permits.take(1);
        this.permits = permits;
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            permits.giveBack(1);
        }
    }
}
