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
 * A connection that notices that its client has ended it while a request waits. Jetty reads nothing
 * between a request and its answer, and so would find out only when it writes. What arrives in the
 * meantime, a pipelined request, is kept and given to Jetty first.
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
     * Runs {@code action} when the client ends its side before {@code wait} is done. For one wait
     * at a time, and only while the request is not answered.
     */
    void watch(CompletableFuture<?> wait, Runnable action) {
        synchronized (lock) {
            if (ahead != null) {
                return; // It has sent its next request: it is there, and more cannot be known.
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

    /** The selector knows nothing of what was read already. */
    private void offerKept() {
        synchronized (lock) {
            if (ahead == null) {
                return;
            }
        }
        executor.execute(() -> getFillInterest().fillable());
    }
}
