package io.lignum.storage;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;

/**
 * Keeps direct buffers for groups of appends, in two sizes: small ones, so that a group of a quiet
 * topic is cheap, and large ones for busy topics. When too many are in use, it returns heap buffers
 * of the size needed, which the collector frees; memory is bounded by the pending bytes. Any
 * thread.
 */
final class BufferPool {

    static final int SMALL_BYTES = 16 * 1024;
    static final int LARGE_BYTES = 256 * 1024;

    private final ArrayDeque<ByteBuffer> small = new ArrayDeque<>();
    private final ArrayDeque<ByteBuffer> large = new ArrayDeque<>();
    private final long maxDirectBytes;
    private long directBytes;

    BufferPool(long maxDirectBytes) {
        this.maxDirectBytes = maxDirectBytes;
    }

    /** Returns a cleared buffer of at least {@code bytes}; a large one if {@code busy}. */
    ByteBuffer take(int bytes, boolean busy) {
        if (bytes > LARGE_BYTES) {
            return ByteBuffer.allocate(bytes);
        }
        boolean wantsLarge = busy || bytes > SMALL_BYTES;
        ByteBuffer buffer =
                pooled(wantsLarge ? large : small, wantsLarge ? LARGE_BYTES : SMALL_BYTES);
        return buffer != null ? buffer.clear() : ByteBuffer.allocate(bytes);
    }

    private synchronized @Nullable ByteBuffer pooled(ArrayDeque<ByteBuffer> free, int size) {
        ByteBuffer buffer = free.pollFirst();
        if (buffer == null && directBytes + size <= maxDirectBytes) {
            buffer = ByteBuffer.allocateDirect(size);
            directBytes += size; // After the allocation, which may fail.
        }
        return buffer;
    }

    void giveBack(ByteBuffer buffer) {
        if (buffer.isDirect()) {
            synchronized (this) {
                (buffer.capacity() == LARGE_BYTES ? large : small).addFirst(buffer);
            }
        }
    }
}
