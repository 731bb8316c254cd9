package io.lignum.server.http;

import io.lignum.server.service.ServiceException;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Checks a query string before it is decoded: the decoder of the HTTP server puts a replacement
 * character where the bytes are not UTF-8, and so makes one key of two.
 */
final class QueryText {

    private QueryText() {}

    /** ServiceException when a parameter's bytes are not UTF-8. */
    static void requireUtf8(String query) {
        if (query.indexOf('%') < 0) {
            return;
        }
        for (String part : query.split("[&=]", -1)) {
            try {
                StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes(part)));
            } catch (CharacterCodingException broken) {
                throw ServiceException.invalid("query", "the query parameters are not UTF-8");
            }
        }
    }

    /** What a broken escape stands for is the server's to say. */
    private static byte[] bytes(String part) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(part.length());
        for (int i = 0; i < part.length(); i++) {
            char c = part.charAt(i);
            if (c == '%' && i + 2 < part.length()) {
                int high = Character.digit(part.charAt(i + 1), 16);
                int low = Character.digit(part.charAt(i + 2), 16);
                if (high >= 0 && low >= 0) {
                    bytes.write(high * 16 + low);
                    i += 2;
                    continue;
                }
            }
            bytes.write(c < 0x80 ? c : '_'); // Not percent-encoded, so it is text already.
        }
        return bytes.toByteArray();
    }
}
