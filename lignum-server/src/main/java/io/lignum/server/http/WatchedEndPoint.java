package io.lignum.server.http;

import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * A connection that notices when its client disconnects while a request waits. Jetty does not read
 * between a request and its response, so it would notice only when it writes. Bytes that arrive
 * meanwhile, of a pipelined request or the alert that ends a TLS connection, are kept and passed to
 * Jetty first. Reports its start and end to the guard.
 */
final class WatchedEndPoint extends SocketChannelEndPoint {

    private static final int LOOK_AHEAD_BYTES = 1_024;

    private final Executor executor;
    private final ConnectionGuard guard;
    private final Object lock = new Object();
    private @Nullable Runnable onEnd; // guarded by lock
    private @Nullable ByteBuffer ahead; // guarded by lock

    WatchedEndPoint(
            SocketChannel channel,
            ManagedSelector selector,
            SelectionKey key,
            WatchingConnector connector) {
        super(channel, selector, key, connector.getScheduler());
        this.executor = connector.getExecutor();
        this.guard = connector.guard();
    }

    @Override
    public void onOpen() {
        super.onOpen();
        guard.opened(this);
    }

    @Override
    public void onClose(@Nullable Throwable cause) {
        guard.closed(this);
        super.onClose(cause);
    }

    /**
     * Runs {@code action} if the client ends its side before {@code wait} is done. Supports one
     * wait at a time, and only until the request is answered.
     */
    void watch(CompletableFuture<?> wait, Runnable action) {
        synchronized (lock) {
            onEnd = action;
        }
        var unused = wait.whenComplete((done, error) -> unwatch());
        lookAhead();
    }

    private void unwatch() {
        synchronized (lock) {
            onEnd = null;
        }
    }

    @Override
    public Runnable onSelected() {
        Runnable ordinary = super.onSelected();
        synchronized (lock) {
            if (onEnd == null) {
                return ordinary;
            }
        }
        return () -> {
            if (ordinary != null) {
                ordinary.run();
            }
            lookAhead();
        };
    }

    private void lookAhead() {
        Runnable ended = null;
        synchronized (lock) {
            if (onEnd == null) {
                return;
            }
            ByteBuffer buffer = ahead == null ? BufferUtil.allocate(LOOK_AHEAD_BYTES) : ahead;
            int count = readAll(buffer);
            if (buffer.hasRemaining()) {
                ahead = buffer;
            }
            if (count < 0) {
                ended = onEnd;
                onEnd = null;
            } else if (BufferUtil.isFull(buffer)) {
                onEnd = null; // No more can be read ahead.
            } else {
                needsFillInterest();
            }
        }
        if (ended != null) {
            ended.run();
        }
    }

    /** Returns -1 if the client has ended its side, else 0. */
    private int readAll(ByteBuffer buffer) {
        try {
            int count = 1;
            while (count > 0 && !BufferUtil.isFull(buffer)) {
                count = super.fill(buffer);
            }
            return Math.min(count, 0);
        } catch (IOException reset) {
            return -1;
        }
    }

    @Override
    public int fill(ByteBuffer buffer) throws IOException {
        synchronized (lock) {
            ByteBuffer kept = ahead;
            if (kept != null) {
                int count = BufferUtil.append(buffer, kept);
                ahead = kept.hasRemaining() ? kept : null;
                return count;
            }
        }
        return super.fill(buffer);
    }

    @Override
    public void fillInterested(Callback callback) {
        super.fillInterested(callback);
        offerKept();
    }

    @Override
    public boolean tryFillInterested(Callback callback) {
        boolean registered = super.tryFillInterested(callback);
        if (registered) {
            offerKept();
        }
        return registered;
    }

    /** Wakes Jetty for bytes that were read ahead; the selector does not know about them. */
    private void offerKept() {
        synchronized (lock) {
            if (ahead == null) {
                return;
            }
        }
        executor.execute(() -> getFillInterest().fillable());
    }
}
