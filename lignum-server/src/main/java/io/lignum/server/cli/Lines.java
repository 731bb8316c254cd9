package io.lignum.server.cli;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/** Splits a stream into lines of bytes, without their line feeds. Used by one thread. */
final class Lines {

    private static final int BLOCK_BYTES = 512 * 1024;
    /** Far above any message limit; longer input is not lines of text. */
    private static final int MAX_LINE_BYTES = 256 << 20;

    private final InputStream in;
    private byte[] buffer = new byte[BLOCK_BYTES];
    private int at;
    private int end;
    private boolean ended;

    Lines(InputStream in) {
        this.in = in;
    }

    /** Returns the next line, or null at the end. A last line without a line feed counts. */
    byte @Nullable [] next() throws IOException {
        int searched = at;
        while (true) {
            for (int i = searched; i < end; i++) {
                if (buffer[i] == '\n') {
                    byte[] line = Arrays.copyOfRange(buffer, at, i);
                    at = i + 1;
                    return line;
                }
            }
            int seen = end - at;
            if (!fill()) {
                byte[] last = seen == 0 ? null : Arrays.copyOfRange(buffer, at, end);
                at = end;
                return last;
            }
            searched = at + seen;
        }
    }

    private boolean fill() throws IOException {
        if (ended) {
            return false;
        }
        if (at > 0) {
            System.arraycopy(buffer, at, buffer, 0, end - at);
            end -= at;
            at = 0;
        }
        if (end == buffer.length) {
            if (end >= MAX_LINE_BYTES) {
                throw new IOException(
                        "a line of the input is longer than " + MAX_LINE_BYTES + " bytes");
            }
            buffer = Arrays.copyOf(buffer, 2 * end);
        }
        int n = in.read(buffer, end, buffer.length - end);
        ended = n < 0;
        end += Math.max(n, 0);
        return !ended;
    }
}
