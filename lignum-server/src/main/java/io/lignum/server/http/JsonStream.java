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
 * Generates JSON in pieces of a few tens of KiB while it is sent, so that a response needs no
 * memory besides the messages themselves. The source adds the next element when all before it has
 * been read; long values are encoded in steps. Never blocks. Used by one thread at a time.
 */
final class JsonStream {

    /** Adds the next element; returns false at the end. */
    interface Source {
        boolean addNext(JsonStream json);
    }

    /** A part that is not written yet; returns true when it is written completely. */
    private interface Part {
        boolean writeTo(ByteArrayOutputStream out);
    }

    /** Minimum length of a piece; one step of a value may exceed it. */
    private static final int PIECE_BYTES = 16 * 1024;

    /** Bytes of a value encoded in one step; a multiple of 3 for base64. */
    private static final int STEP_BYTES = 3 * 1024;

    private final Source source;
    private final Deque<Part> parts = new ArrayDeque<>();
    private @Nullable ByteArrayOutputStream text;
    private boolean ended;

    JsonStream(Source source) {
        this.source = source;
    }

    /** Adds text that is JSON already. */
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

    /** Adds a JSON string; invalid UTF-8 becomes the replacement character. */
    JsonStream string(byte[] utf8) {
        return value(new Text(utf8), utf8.length);
    }

    /** Adds a JSON string with the bytes as base64. */
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

    /** Adds elements one by one, each when all before it has been written. */
    void each(Source elements) {
        text = null;
        parts.add(new Elements(elements));
    }

    /** Returns the next piece; empty at the end. */
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

    /** Whether the end has been generated. */
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

    /** Puts the parts of the next element before itself, until the source ends. */
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
