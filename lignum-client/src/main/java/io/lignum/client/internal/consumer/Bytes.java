package io.lignum.client.internal.consumer;

import com.google.protobuf.ByteOutput;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Reads the array inside a ByteString without a copy. Checksums are slow on read-only buffers,
 * which is what a ByteString otherwise offers.
 */
final class Bytes extends ByteOutput {

    private @Nullable ByteBuffer whole;

    private Bytes() {}

    /**
     * The bytes, from position to limit. They are shared with the ByteString if that is one array,
     * so they must not be written to.
     */
    static ByteBuffer of(ByteString bytes) {
        Bytes output = new Bytes();
        try {
            UnsafeByteOperations.unsafeWriteTo(bytes, output);
        } catch (IOException inPieces) {
            return ByteBuffer.wrap(bytes.toByteArray());
        }
        return output.whole == null ? ByteBuffer.allocate(0) : output.whole;
    }

    private void take(ByteBuffer piece) throws IOException {
        if (whole != null || !piece.hasArray()) {
            throw new IOException("not one array");
        }
        whole = piece;
    }

    @Override
    public void write(byte value) throws IOException {
        take(ByteBuffer.wrap(new byte[] {value}));
    }

    @Override
    public void write(byte[] value, int offset, int length) throws IOException {
        take(ByteBuffer.wrap(value.clone(), offset, length).slice());
    }

    @Override
    public void writeLazy(byte[] value, int offset, int length) throws IOException {
        take(ByteBuffer.wrap(value, offset, length).slice());
    }

    @Override
    public void write(ByteBuffer value) throws IOException {
        throw new IOException("not an array");
    }

    @Override
    public void writeLazy(ByteBuffer value) throws IOException {
        throw new IOException("not an array");
    }
}
