package io.lignum.client.internal.net;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;

/**
 * Buffers of batches to be used again, for all producers of a client together, so that many idle
 * producers hold no memory. Any thread; guarded by this.
 */
public final class BufferPool {

    /** In all; what does not fit is left to the garbage collector. */
    private static final long MOST_BYTES = 16L << 20;

    private final Map<Integer, ArrayDeque<ByteBuffer>> free = new HashMap<>();
    private long bytes;

    /** One of exactly this size. */
    public ByteBuffer take(int size) {
        ByteBuffer pooled = pooled(size);
        return pooled == null ? ByteBuffer.allocate(size) : pooled;
    }

    private synchronized @Nullable ByteBuffer pooled(int size) {
        ArrayDeque<ByteBuffer> ofSize = free.get(size);
        if (ofSize == null) {
            return null;
        }
        ByteBuffer last = ofSize.pollFirst(); // Which the processor's caches may still have.
        if (ofSize.isEmpty()) {
            free.remove(size);
        }
        bytes -= last == null ? 0 : size;
        return last;
    }

    /** Nobody looks at it any more. */
    public synchronized void give(ByteBuffer buffer) {
        int size = buffer.capacity();
        if (bytes + size <= MOST_BYTES) {
            free.computeIfAbsent(size, any -> new ArrayDeque<>()).addFirst(buffer);
            bytes += size;
        }
    }
}
