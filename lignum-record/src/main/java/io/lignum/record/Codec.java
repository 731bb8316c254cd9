package io.lignum.record;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * The seam to a compression library. Each implementation is the only class that names its library,
 * so a program without it runs until it meets a batch that needs it.
 */
interface Codec {
    /** A stream that writes one whole compressed stream into the sink; closing it ends that. */
    OutputStream compressing(OutputStream sink) throws IOException;

    /**
     * The inverse. Must not allocate more than a constant, or than {@code maxBytes}, on the word of
     * the source alone.
     */
    InputStream decompressing(InputStream source, int maxBytes) throws IOException;

    /** Whether the library refused the source because of the memory it asks for. */
    default boolean isTooLarge(IOException refusal) {
        return false;
    }
}
