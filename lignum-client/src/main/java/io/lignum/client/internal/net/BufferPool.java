package io.lignum.client.internal.net;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;

/**
 * Reuses the buffers of batches. All producers of a client share one pool, so idle producers hold
 * no memory. Any thread; guarded by this object's monitor.
 */
public final class BufferPool {

    /** The most bytes in the pool. The garbage collector gets further buffers. */
    private static final long MOST_BYTES = 16L << 20;

    private final Map<Integer, ArrayDeque<ByteBuffer>> free = new HashMap<>();
    private long bytes;

    /** Returns a buffer of exactly this size. */
    public ByteBuffer take(int size) {
        ByteBuffer pooled = pooled(size);
        return pooled == null ? ByteBuffer.allocate(size) : pooled;
    }

    private synchronized @Nullable ByteBuffer pooled(int size) {
        ArrayDeque<ByteBuffer> ofSize = free.get(size);
        if (ofSize == null) {
            return null;
        }
        ByteBuffer last = ofSize.pollFirst(); // Perhaps still in the processor's caches.
        if (ofSize.isEmpty()) {
            free.remove(size);
        }
        bytes -= last == null ? 0 : size;
        return last;
    }

    /** Takes a buffer back. The caller must not use it any more, or give it twice. */
    public synchronized void give(ByteBuffer buffer) {
        int size = buffer.capacity();
        if (bytes + size <= MOST_BYTES) {
            free.computeIfAbsent(size, any -> new ArrayDeque<>()).addFirst(buffer);
            bytes += size;
        }
    }
}
