package io.lignum.server.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;

import io.lignum.record.Utf8;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Writes JSON objects, one per line. Used by one thread. */
final class JsonLines {

    private static final JsonFactory FACTORY =
            new JsonFactoryBuilder().rootValueSeparator("").build();

    private interface Writing {
        void write(JsonGenerator to) throws IOException;
    }

    private final JsonGenerator to;

    JsonLines(Output out) {
        try {
            to = FACTORY.createGenerator(new OutputStream() {
                @Override
                public void write(int oneByte) {
                    out.raw(oneByte);
                }

                @Override
                public void write(byte[] bytes, int from, int count) {
                    out.raw(bytes, from, count);
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private JsonLines with(Writing what) {
        try {
            what.write(to);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    JsonLines begin() {
        return with(JsonGenerator::writeStartObject);
    }

    JsonLines end() {
        return with(JsonGenerator::writeEndObject);
    }

    JsonLines beginArray(String name) {
        return with(out -> out.writeArrayFieldStart(name));
    }

    JsonLines endArray() {
        return with(JsonGenerator::writeEndArray);
    }

    JsonLines beginObject(String name) {
        return with(out -> out.writeObjectFieldStart(name));
    }

    /** Ends the outermost object and its line. */
    void endLine() {
        with(out -> {
            out.writeEndObject();
            out.writeRaw('\n');
            out.flush();
        });
    }

    JsonLines field(String name, long value) {
        return with(out -> out.writeNumberField(name, value));
    }

    JsonLines field(String name, boolean value) {
        return with(out -> out.writeBooleanField(name, value));
    }

    /** Rounds to three decimal places. */
    JsonLines field(String name, double value) {
        return with(out -> {
            out.writeFieldName(name);
            out.writeNumber(NumberFormats.decimal(value, 3));
        });
    }

    JsonLines field(String name, String value) {
        return with(out -> out.writeStringField(name, value));
    }

    /**
     * Writes bytes as text, and if they are not UTF-8 also as base64 in a second field, like the
     * HTTP API.
     */
    JsonLines bytes(String textField, String base64Field, byte @Nullable [] value) {
        return with(out -> {
            out.writeFieldName(textField);
            if (value == null) {
                out.writeNull();
                return;
            }
            if (isAscii(value)) {
                out.writeUTF8String(value, 0, value.length);
                return;
            }
            byte[] text = Utf8.encode(new String(value, StandardCharsets.UTF_8));
            out.writeUTF8String(text, 0, text.length);
            if (!Arrays.equals(text, value)) {
                out.writeBinaryField(base64Field, value);
            }
        });
    }

    private static boolean isAscii(byte[] bytes) {
        for (byte b : bytes) {
            if (b < 0) {
                return false;
            }
        }
        return true;
    }
}
