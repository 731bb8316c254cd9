package io.lignum.record;

import java.io.InputStream;
import java.nio.ByteBuffer;

/** Reads the bytes between a buffer's position and limit as a stream. */
final class BufferInputStream extends InputStream {
    private final ByteBuffer buffer;

    BufferInputStream(ByteBuffer buffer) {
        this.buffer = buffer;
    }

    int remaining() {
        return buffer.remaining();
    }

    @Override
    public boolean markSupported() {
        return true;
    }

    @Override
    public synchronized void mark(int readLimit) {
        buffer.mark();
    }

    @Override
    public synchronized void reset() {
        buffer.reset();
    }

    @Override
    public int available() {
        return buffer.remaining();
    }

    @Override
    public int read() {
        return buffer.hasRemaining() ? buffer.get() & 0xFF : -1;
    }

    @Override
    public int read(byte[] target, int offset, int length) {
        if (length == 0) {
            return 0;
        }
        int size = Math.min(length, buffer.remaining());
        if (size == 0) {
            return -1;
        }
        buffer.get(target, offset, size);
        return size;
    }
}
