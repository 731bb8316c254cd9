package io.lignum.server.cli;

import io.lignum.record.IoErrors;
import io.lignum.record.Utf8;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;

/**
 * Standard output with large writes that end at record boundaries, so that an interrupted command
 * prints no partial record. Used by one thread.
 */
final class Output {

    /** Thrown when the reader of the pipe has closed it, as {@code head} does. This is no error. */
    static final class ReaderClosed extends IOException {
        private static final long serialVersionUID = 1L;
    }

    private static final int BYTES = 256 * 1024;

    private final OutputStream out;
    private byte[] buffer = new byte[BYTES + BYTES / 4];
    private int length;
    private @Nullable JsonLines json;

    Output(OutputStream out) {
        this.out = out;
    }

    /** Returns a JSON writer to this output; other text may be written between its lines. */
    JsonLines json() {
        JsonLines writer = json;
        if (writer == null) {
            writer = new JsonLines(this);
            json = writer;
        }
        return writer;
    }

    Output raw(byte[] bytes) {
        reserve(bytes.length);
        System.arraycopy(bytes, 0, buffer, length, bytes.length);
        length += bytes.length;
        return this;
    }

    Output raw(byte[] bytes, int from, int count) {
        reserve(count);
        System.arraycopy(bytes, from, buffer, length, count);
        length += count;
        return this;
    }

    Output raw(int oneByte) {
        reserve(1);
        buffer[length++] = (byte) oneByte;
        return this;
    }

    Output text(String text) {
        return raw(Utf8.encode(text));
    }

    Output number(long value) {
        return raw(Utf8.encode(Long.toString(value)));
    }

    private void reserve(int more) {
        if (more > buffer.length - length) {
            buffer =
                    Arrays.copyOf(buffer, Math.max(Math.addExact(length, more), 2 * buffer.length));
        }
    }

    /** Marks the end of a record, where the buffer may be written. */
    void endRecord() throws IOException {
        if (length >= BYTES) {
            flush();
        }
    }

    void flush() throws IOException {
        if (length == 0) {
            return;
        }
        try {
            out.write(buffer, 0, length);
            out.flush();
        } catch (IOException e) {
            String words = IoErrors.describe(e);
            if (words.contains("Broken pipe") || words.contains("Pipe closed")) {
                throw new ReaderClosed();
            }
            throw new IOException("cannot write the output: " + words, e);
        } finally {
            length = 0;
        }
    }
}
