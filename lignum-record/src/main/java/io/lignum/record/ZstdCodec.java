package io.lignum.record;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdIOException;
import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** Reads and writes a zstd stream at the library's default level. */
final class ZstdCodec implements CompressionCodec {
    /** 8 MiB: the format asks every decoder to support windows up to that. */
    private static final int LEAST_WINDOW_LOG = 23;

    private static final int MOST_WINDOW_LOG = 27;

    @Override
    public OutputStream compressing(OutputStream sink) throws IOException {
        return new ZstdOutputStreamNoFinalizer(sink);
    }

    /**
     * Refuses a window that is larger than the limit on the data: the library allocates the window,
     * which the frame names, before it has seen the data.
     */
    @Override
    public InputStream decompressing(InputStream source, int maxBytes) throws IOException {
        int needed = Integer.SIZE - Integer.numberOfLeadingZeros(Math.max(1, maxBytes) - 1);
        int windowLog = Math.min(MOST_WINDOW_LOG, Math.max(LEAST_WINDOW_LOG, needed));
        return new ZstdInputStreamNoFinalizer(source).setLongMax(windowLog);
    }

    @Override
    public boolean isTooLarge(IOException refusal) {
        return refusal instanceof ZstdIOException zstd
                && zstd.getErrorCode() == Zstd.errFrameParameterWindowTooLarge();
    }
}
