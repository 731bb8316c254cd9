package io.lignum.server.http;

import com.fasterxml.jackson.core.io.JsonStringEncoder;

import io.lignum.record.Utf8;

import org.jspecify.annotations.Nullable;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Deque;
import java.util.List;

/**
 * JSON that is made while it is read, a few tens of KiB at a time, so that an answer of any length
 * takes no memory beyond the messages it is made of. The source adds the next element when all
 * before it was read; a long value is encoded in steps. Never blocks. One thread at a time.
 */
final class JsonStream {

    /** Adds what comes next; false when there is no more. */
    interface Source {
        boolean addNext(JsonStream json);
    }

    /** What is left to be written. True: all of it is now. */
    private interface Part {
        boolean writeTo(ByteArrayOutputStream out);
    }

    /** A piece is at least this long, and longer by one step of a value at most. */
    private static final int PIECE_BYTES = 16 * 1024;

    /** Bytes of a value that are encoded at once; a multiple of 3, as base64 demands. */
    private static final int STEP_BYTES = 3 * 1024;

    private final Source source;
    private final Deque<Part> parts = new ArrayDeque<>();
    private @Nullable ByteArrayOutputStream text;
    private boolean ended;

    JsonStream(Source source) {
        this.source = source;
    }

    /** Text in JSON's syntax, as it is. */
    JsonStream raw(String json) {
        return raw(Utf8.encode(json));
    }

    JsonStream raw(byte[] json) {
        ByteArrayOutputStream open = text;
        if (open == null) {
            open = new ByteArrayOutputStream(Math.max(128, json.length));
            text = open;
            parts.add(new Written(open));
        }
        open.writeBytes(json);
        return this;
    }

    /** A JSON string; what is not UTF-8 becomes the replacement character. */
    JsonStream string(byte[] utf8) {
        return value(new Text(utf8), utf8.length);
    }

    /** A JSON string of base64. */
    JsonStream base64(byte[] bytes) {
        return value(new Binary(bytes), bytes.length);
    }

    private JsonStream value(Part value, int bytes) {
        raw("\"");
        ByteArrayOutputStream open = text;
        if (bytes > STEP_BYTES || open == null || !value.writeTo(open)) {
            text = null;
            parts.add(value);
        }
        return raw("\"");
    }

    /** Elements that are added one by one, each when all before it was written. */
    void each(Source elements) {
        text = null;
        parts.add(new Elements(elements));
    }

    /** The next piece; empty at the end. */
    byte[] nextPiece() {
        ByteArrayOutputStream out = new ByteArrayOutputStream(PIECE_BYTES);
        while (out.size() < PIECE_BYTES) {
            Part part = parts.peekFirst();
            if (part != null) {
                if (part.writeTo(out)) {
                    parts.remove(part);
                }
            } else if (ended || !source.addNext(this)) {
                ended = true;
                break;
            }
            text = null;
        }
        return out.toByteArray();
    }

    /** Whether everything was made. */
    boolean isEnded() {
        return ended && parts.isEmpty();
    }

    private record Written(ByteArrayOutputStream text) implements Part {
        @Override
        public boolean writeTo(ByteArrayOutputStream out) {
            out.writeBytes(text.toByteArray());
            return true;
        }
    }

    private static final class Binary implements Part {
        private final byte[] bytes;
        private int at;

        Binary(byte[] bytes) {
            this.bytes = bytes;
        }

        @Override
        public boolean writeTo(ByteArrayOutputStream out) {
            int count = Math.min(STEP_BYTES, bytes.length - at);
            out.writeBytes(Base64.getEncoder().encode(Arrays.copyOfRange(bytes, at, at + count)));
            at += count;
            return at == bytes.length;
        }
    }

    private static final class Text implements Part {
        private final ByteBuffer bytes;
        private final CharsetDecoder decoder = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPLACE)
                .onUnmappableCharacter(CodingErrorAction.REPLACE);

        Text(byte[] utf8) {
            bytes = ByteBuffer.wrap(utf8);
        }

        @Override
        public boolean writeTo(ByteArrayOutputStream out) {
            CharBuffer chars = CharBuffer.allocate(Math.min(bytes.remaining(), STEP_BYTES) + 2);
            boolean whole = decoder.decode(bytes, chars, true).isUnderflow();
            out.writeBytes(
                    JsonStringEncoder.getInstance().quoteAsUTF8(chars.flip().toString()));
            return whole;
        }
    }

    /** Puts the parts of the next element before itself until there is no more. */
    private final class Elements implements Part {
        private final Source elements;

        Elements(Source elements) {
            this.elements = elements;
        }

        @Override
        public boolean writeTo(ByteArrayOutputStream out) {
            List<Part> later = new ArrayList<>(parts);
            parts.clear();
            text = null;
            boolean more = elements.addNext(JsonStream.this);
            text = null;
            parts.addAll(later);
            return !more;
        }
    }
}
