package io.lignum.server.http;

import java.util.function.BiConsumer;

/** The headers that tell a client what to do after an error. Stateless. */
final class ErrorHeaders {

    private ErrorHeaders() {}

    /** Passes the names and values that responses with a status have. */
    static void forEach(int status, BiConsumer<String, String> header) {
        switch (status) {
            case 401 -> { // The ways to log in (RFC 9110, section 11.6.1).
                header.accept("WWW-Authenticate", "Basic realm=\"lignum\", charset=\"UTF-8\"");
                header.accept("WWW-Authenticate", "Bearer realm=\"lignum\"");
            }
            case 429, 503 -> header.accept("Retry-After", "1");
            default -> {} // Nothing helps but another request.
        }
    }
}
