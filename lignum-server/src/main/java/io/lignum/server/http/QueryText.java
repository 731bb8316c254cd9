package io.lignum.server.http;

import io.lignum.server.service.ServiceException;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Checks a query string before it is decoded. The HTTP server's decoder replaces bytes that are not
 * UTF-8, which could make two different keys equal.
 */
final class QueryText {

    private QueryText() {}

    /** @throws ServiceException the bytes of a parameter are not UTF-8 */
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

    /** Decodes percent escapes. Malformed escapes are left to the server, which refuses them. */
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
            bytes.write(c < 0x80 ? c : '_'); // Not percent-encoded, so already text.
        }
        return bytes.toByteArray();
    }
}
