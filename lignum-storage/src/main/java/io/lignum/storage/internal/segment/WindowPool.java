package io.lignum.storage.internal.segment;

import java.util.ArrayDeque;

/**
 * Keeps the read buffers of closed cursors for the next ones, since direct memory is slow to
 * allocate and to free. Any thread.
 */
public final class WindowPool {

    private static final int KEPT = 16;

    private final int maxBatchBytes;
    private final ArrayDeque<BatchWindow> free = new ArrayDeque<>();

    public WindowPool(int maxBatchBytes) {
        this.maxBatchBytes = maxBatchBytes;
    }

    public synchronized BatchWindow take() {
        BatchWindow window = free.pollFirst();
        return window != null ? window : new BatchWindow(maxBatchBytes);
    }

    public void giveBack(BatchWindow window) {
        window.clear();
        if (window.isOrdinary()) {
            synchronized (this) {
                if (free.size() < KEPT && !free.contains(window)) {
                    free.addFirst(window);
                }
            }
        }
    }
}
