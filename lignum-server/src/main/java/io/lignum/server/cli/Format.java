package io.lignum.server.cli;

import io.lignum.client.Received;
import io.lignum.record.RecordHeader;
import io.lignum.record.Utf8;

import org.jspecify.annotations.Nullable;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.PrimitiveIterator;

/** The template by which {@code tail} prints a record. Parsed once. */
final class Format {

    private static final byte[] HEX = Utf8.encode("0123456789abcdef");

    private sealed interface Part {}

    private record Text(byte[] bytes) implements Part {}

    private record Field(char name) implements Part {}

    private final List<Part> parts = new ArrayList<>();

    private Format() {}

    /**
     * %o offset, %t time in ms, %T time in ISO, %k key, %v value, %h headers, %% and \n \t \r \0
     * \\.
     */
    static Format parse(String template) {
        Format format = new Format();
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        PrimitiveIterator.OfInt points = template.codePoints().iterator();
        while (points.hasNext()) {
            int point = points.nextInt();
            int next = point == '%' || point == '\\' ? nextOr(points, ' ') : 0;
            if (next == 0) {
                text.writeBytes(Utf8.encode(Character.toString(point)));
            } else if (point == '\\') {
                text.write(escape((char) next, template));
            } else if (next == '%') {
                text.write('%');
            } else if ("otTkvh".indexOf(next) >= 0) {
                format.addText(text);
                format.parts.add(new Field((char) next));
            } else {
                throw CommandFailure.usage("--format: '%" + Character.toString(next) + "' in '"
                        + template + "' is not one of %o %t %T %k %v %h %%");
            }
        }
        format.addText(text);
        return format;
    }

    private static int nextOr(PrimitiveIterator.OfInt points, int atEnd) {
        return points.hasNext() ? points.nextInt() : atEnd;
    }

    private static char escape(char c, String template) {
        return switch (c) {
            case 'n' -> '\n';
            case 't' -> '\t';
            case 'r' -> '\r';
            case '0' -> '\0';
            case '\\' -> '\\';
            default ->
                throw CommandFailure.usage("--format: '\\" + c + "' in '" + template
                        + "' is not one of \\n \\t \\r \\0 \\\\");
        };
    }

    private void addText(ByteArrayOutputStream text) {
        if (text.size() > 0) {
            parts.add(new Text(text.toByteArray()));
            text.reset();
        }
    }

    void write(Output out, Received<byte[], byte[]> record) {
        for (Part part : parts) {
            if (part instanceof Text text) {
                out.raw(text.bytes);
            } else if (part instanceof Field field) {
                switch (field.name) {
                    case 'o' -> out.number(record.offset());
                    case 't' -> out.number(record.timestamp());
                    case 'T' -> out.text(time(record.timestamp()));
                    case 'k' -> raw(out, record.key());
                    case 'v' -> raw(out, record.value());
                    default -> headers(out, record.headers());
                }
            }
        }
    }

    private static void raw(Output out, byte @Nullable [] bytes) {
        if (bytes != null) {
            out.raw(bytes);
        }
    }

    private static void headers(Output out, List<RecordHeader> headers) {
        String separator = "";
        for (RecordHeader header : headers) {
            out.text(separator).text(header.key()).raw('=');
            escaped(out, header.value());
            separator = ",";
        }
    }

    static String time(long millis) {
        return Instant.ofEpochMilli(millis).toString();
    }

    /**
     * Writes bytes in quotes, safe for a terminal: unprintable and malformed UTF-8 becomes \xhh.
     */
    static void escaped(Output out, byte @Nullable [] bytes) {
        if (bytes == null) {
            out.raw('-');
            return;
        }
        out.raw('"');
        String text = decoded(bytes);
        if (text == null) {
            for (byte b : bytes) {
                escapedByte(out, b);
            }
        } else {
            text.codePoints().forEach(point -> {
                if (point < 0x80) {
                    escapedByte(out, (byte) point);
                } else if (isSafe(point)) {
                    out.text(Character.toString(point));
                } else {
                    for (byte b : Utf8.encode(Character.toString(point))) {
                        escapedByte(out, b);
                    }
                }
            });
        }
        out.raw('"');
    }

    private static @Nullable String decoded(byte[] bytes) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            return null; // not text, so every byte is escaped
        }
    }

    /** Control characters move the cursor; format characters change the direction of text. */
    private static boolean isSafe(int point) {
        int type = Character.getType(point);
        return type != Character.CONTROL
                && type != Character.FORMAT
                && type != Character.LINE_SEPARATOR
                && type != Character.PARAGRAPH_SEPARATOR
                && type != Character.UNASSIGNED
                && type != Character.PRIVATE_USE;
    }

    private static void escapedByte(Output out, byte b) {
        switch (b) {
            case '"', '\\' -> out.raw('\\').raw(b);
            case '\n' -> out.raw('\\').raw('n');
            case '\t' -> out.raw('\\').raw('t');
            case '\r' -> out.raw('\\').raw('r');
            default -> {
                if (b >= 0x20 && b < 0x7f) {
                    out.raw(b);
                } else {
                    out.text("\\x").raw(HEX[(b >> 4) & 15]).raw(HEX[b & 15]);
                }
            }
        }
    }
}
