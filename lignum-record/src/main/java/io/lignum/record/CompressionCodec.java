package io.lignum.record;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * Compresses and decompresses with one library. Each implementation is the only class that names
 * its library, so a program without the library runs until it gets a batch that needs it. One
 * thread at a time.
 */
interface CompressionCodec {
    /** A stream that writes one whole compressed stream into the sink; closing it ends that. */
    OutputStream compressing(OutputStream sink) throws IOException;

    /**
     * A stream that decompresses the source. Must not allocate more than a constant, or than
     * {@code maxBytes}, before it has seen the data.
     */
    InputStream decompressing(InputStream source, int maxBytes) throws IOException;

    /** Whether the library refused the source because it asks for too much memory. */
    default boolean isTooLarge(IOException refusal) {
        return false;
    }
}
