package io.lignum.server.http;

import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Scheduler;
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
 * meanwhile, of a pipelined request, are kept and passed to Jetty first.
 */
final class WatchedEndPoint extends SocketChannelEndPoint {

    private static final int LOOK_AHEAD_BYTES = 1_024;

    private final Executor executor;
    private final Object lock = new Object();
    private @Nullable Runnable onEnd; // guarded by lock
    private @Nullable ByteBuffer ahead; // guarded by lock

    WatchedEndPoint(
            SocketChannel channel,
            ManagedSelector selector,
            SelectionKey key,
            Scheduler scheduler,
            Executor executor) {
        super(channel, selector, key, scheduler);
        this.executor = executor;
    }

    /**
     * Runs {@code action} if the client ends its side before {@code wait} is done. Supports one
     * wait at a time, and only until the request is answered.
     */
    void watch(CompletableFuture<?> wait, Runnable action) {
        synchronized (lock) {
            if (ahead != null) {
                return; // Its next request is here; no more can be read ahead.
            }
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
            ByteBuffer buffer = BufferUtil.allocate(LOOK_AHEAD_BYTES);
            int count = read(buffer);
            if (count == 0) {
                needsFillInterest();
                return;
            }
            if (count < 0) {
                ended = onEnd;
            } else {
                ahead = buffer;
            }
            onEnd = null;
        }
        if (ended != null) {
            ended.run();
        }
    }

    private int read(ByteBuffer buffer) {
        try {
            return super.fill(buffer);
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
