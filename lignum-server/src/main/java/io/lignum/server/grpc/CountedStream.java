package io.lignum.server.grpc;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** A message that is being decompressed; its bytes are reserved while they grow. */
final class CountedStream extends FilterInputStream {

    private final ArrivingBytes counter;

    CountedStream(InputStream packed, ArrivingBytes counter) {
        super(packed);
        this.counter = counter;
    }

    @Override
    public int read() throws IOException {
        int next = super.read();
        counter.take(next < 0 ? 0 : 1);
        return next;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        int count = super.read(target, offset, length);
        counter.take(Math.max(0, count));
        return count;
    }
}
