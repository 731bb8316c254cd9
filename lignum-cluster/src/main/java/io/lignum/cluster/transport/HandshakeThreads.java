package io.lignum.cluster.transport;

import io.grpc.internal.ObjectPool;

import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The threads that compute the TLS handshakes of the connections to a listener. A handshake takes
 * about a millisecond of CPU time, and strangers can begin as many as they like: on the event loops
 * they would delay all other connections, and the node loop. Any thread.
 */
public final class HandshakeThreads implements ObjectPool<Executor>, AutoCloseable {

    private static final int THREADS = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);

    private final ThreadPoolExecutor executor;

    public HandshakeThreads(ThreadFactory factory) {
        // The queue is bounded by the connections: each has at most one task at a time.
        executor = new ThreadPoolExecutor(
                THREADS, THREADS, 30, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), factory);
        executor.allowCoreThreadTimeOut(true);
    }

    @Override
    public Executor getObject() {
        return executor;
    }

    @Override
    public Executor returnObject(Object object) {
        throw new UnsupportedOperationException("the threads end with the listener");
    }

    /** Handshakes in progress fail. The listener must be closed before. */
    @Override
    public void close() {
        executor.shutdown();
    }
}
