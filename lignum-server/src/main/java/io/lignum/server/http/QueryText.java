package io.lignum.server.http;

import io.lignum.server.service.ServiceException;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Checks a query string before it is decoded. The HTTP server's decoder replaces bytes that are not
 * UTF-8, which could make two different keys equal. It leaves out a parameter with a malformed
 * escape, as if it were not given: an append with an expected offset would have no condition.
 * {@link Query} calls it for each request. Stateless.
 */
final class QueryText {

    private QueryText() {}

    /** @throws ServiceException an escape is malformed, or a parameter's bytes are not UTF-8 */
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

    /** Decodes percent escapes. */
    private static byte[] bytes(String part) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(part.length());
        for (int i = 0; i < part.length(); i++) {
            char c = part.charAt(i);
            if (c == '%') {
                bytes.write(escaped(part, i));
                i += 2;
            } else {
                bytes.write(c < 0x80 ? c : '_'); // Not percent-encoded, so it is text already.
            }
        }
        return bytes.toByteArray();
    }

    private static int escaped(String part, int percent) {
        if (percent + 2 < part.length()) {
            int high = Character.digit(part.charAt(percent + 1), 16);
            int low = Character.digit(part.charAt(percent + 2), 16);
            if (high >= 0 && low >= 0) {
                return high * 16 + low;
            }
        }
        throw ServiceException.invalid(
                "query",
                "the query has a % without two hexadecimal digits after it; %25 stands for %");
    }
}
