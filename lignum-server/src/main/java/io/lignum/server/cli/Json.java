package io.lignum.server.cli;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;

/**
 * Writes one JSON object after the other, each on a line. By hand, as a million small records a second
 * and the start of the process are what counts. One thread.
 */
final class Json {

    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    private final Output out;
    private boolean first = true;

    Json(Output out) {
        this.out = out;
    }

    Json begin() {
        comma();
        return open('{');
    }

    Json end() {
        return close('}');
    }

    Json beginArray(String name) {
        name(name);
        return open('[');
    }

    Json endArray() {
        return close(']');
    }

    Json beginObject(String name) {
        name(name);
        return open('{');
    }

    /** The outermost object is complete. */
    void endLine() {
        end();
        out.raw('\n');
        first = true;
    }

    private Json open(char bracket) {
        out.raw(bracket);
        first = true;
        return this;
    }

    private Json close(char bracket) {
        out.raw(bracket);
        first = false;
        return this;
    }

    private void comma() {
        if (!first) {
            out.raw(',');
        }
        first = false;
    }

    private void name(String name) {
        comma();
        string(name.getBytes(StandardCharsets.UTF_8));
        out.raw(':');
    }

    Json field(String name, long value) {
        name(name);
        out.number(value);
        return this;
    }

    Json field(String name, boolean value) {
        name(name);
        out.text(Boolean.toString(value));
        return this;
    }

    /** Rounded to three digits behind the point. */
    Json field(String name, double value) {
        name(name);
        out.text(Figures.decimal(value, 3));
        return this;
    }

    Json field(String name, String value) {
        name(name);
        string(value.getBytes(StandardCharsets.UTF_8));
        return this;
    }

    /**
     * Bytes as text, and as base64 in a second field if they are not UTF-8: as the HTTP API gives them.
     */
    Json bytes(String textField, String base64Field, byte @Nullable [] value) {
        name(textField);
        if (value == null) {
            out.text("null");
            return this;
        }
        if (isAscii(value)) {
            string(value);
            return this;
        }
        byte[] text = new String(value, StandardCharsets.UTF_8).getBytes(StandardCharsets.UTF_8);
        string(text);
        if (!Arrays.equals(text, value)) {
            name(base64Field);
            out.raw('"').raw(Base64.getEncoder().encode(value)).raw('"');
        }
        return this;
    }

    private static boolean isAscii(byte[] bytes) {
        for (byte b : bytes) {
            if (b < 0) {
                return false;
            }
        }
        return true;
    }

    private void string(byte[] utf8) {
        out.raw('"');
        int done = 0;
        for (int i = 0; i < utf8.length; i++) {
            byte b = utf8[i];
            if ((b >= 0 && b < 0x20) || b == '"' || b == '\\' || b == 0x7f) {
                out.raw(utf8, done, i - done);
                escape(b);
                done = i + 1;
            }
        }
        out.raw(utf8, done, utf8.length - done).raw('"');
    }

    private void escape(byte b) {
        switch (b) {
            case '"', '\\' -> out.raw('\\').raw(b);
            case '\n' -> out.raw('\\').raw('n');
            case '\t' -> out.raw('\\').raw('t');
            case '\r' -> out.raw('\\').raw('r');
            default -> out.text("\\u00").raw(HEX[b >> 4]).raw(HEX[b & 15]);
        }
    }
}
