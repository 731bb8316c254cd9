package io.lignum.client.internal.net;

import io.lignum.client.internal.errors.Errors;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What the producers, consumers and topic administration of one client share: the connection, the
 * executors for user code, and the list of what to close with the client. Any thread.
 */
public final class ClientContext {

    private final Connection connection;
    private final Callbacks callbacks;
    private final Set<AutoCloseable> open = ConcurrentHashMap.newKeySet();

    /**
     * Set under this object's lock, so nothing is opened after {@link #close} reads {@link #open}.
     */
    private volatile boolean closed;

    public ClientContext(Connection connection, Callbacks callbacks) {
        this.connection = connection;
        this.callbacks = callbacks;
    }

    public Connection connection() {
        return connection;
    }

    public Callbacks callbacks() {
        return callbacks;
    }

    /** Throws {@link io.lignum.client.LignumException.Closed} if the client is closed. */
    public void requireOpen() {
        if (closed) {
            throw Errors.closed("the client");
        }
    }

    /**
     * Registers a producer or consumer, to be closed with the client.
     *
     * @throws io.lignum.client.LignumException.Closed the client is closed
     */
    public synchronized void opened(AutoCloseable resource) {
        requireOpen();
        open.add(resource);
    }

    /** A registered producer or consumer was closed. */
    public void closed(AutoCloseable resource) {
        open.remove(resource);
    }

    /**
     * Closes what is registered, then the connection. Blocks as producers do when they close.
     *
     * @throws RuntimeException the first failure of a producer or consumer; everything is closed
     */
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
        }
        List<RuntimeException> failures = new ArrayList<>();
        for (AutoCloseable resource : open) {
            close(resource, failures);
        }
        connection.close();
        callbacks.close();
        if (!failures.isEmpty()) {
            throw failures.get(0);
        }
    }

    private static void close(AutoCloseable resource, List<RuntimeException> failures) {
        try {
            resource.close();
        } catch (RuntimeException failed) {
            failures.add(failed);
        } catch (Exception checked) {
            failures.add(new IllegalStateException(checked));
        }
    }
}
