package io.lignum.server.grpc;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * Reserves memory for a compressed message while it is decompressed, so that a small message cannot
 * expand without bound. {@link CheckedRequests} parses from it, on the thread of the call.
 */
final class CountedStream extends FilterInputStream {

    private final ArrivingBytes counter;

    CountedStream(InputStream decompressed, ArrivingBytes counter) {
        super(decompressed);
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
