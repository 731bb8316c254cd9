package io.lignum.access.credential;

import io.lignum.access.Principal;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.Locale;

/** What a caller shows to prove its identity. None of these prints a secret. */
public sealed interface Credentials {

    /** The one sentence for all failures, which does not say whether the user exists. */
    String WRONG_PASSWORD = "user or password is wrong";

    /** As {@link #WRONG_PASSWORD}, for tokens. */
    String WRONG_TOKEN = "the token is unknown, has expired or was deleted";

    /** Longer headers are refused; a token has 58 characters. */
    int MAX_HEADER_CHARS = 4_096;

    /** Whether another who reads it on its way could use it, unlike a certificate. */
    default boolean isSecret() {
        return this instanceof Password || this instanceof Token;
    }

    /** Nothing. */
    record None() implements Credentials {}

    /** A user's name and password. */
    record Password(String user, String password) implements Credentials {
        @Override
        public String toString() {
            return "password of " + user;
        }
    }

    /** An API token. */
    record Token(TokenText token) implements Credentials {}

    /**
     * A client certificate that the TLS connection proved.
     *
     * @param until the end of its validity
     */
    record Certificate(Principal principal, Instant until) implements Credentials {}

    /**
     * Parses the value of an Authorization header (RFC 7617, RFC 6750), which both HTTP and gRPC
     * carry.
     *
     * @throws IllegalArgumentException the message says what is wrong, without the value
     */
    static Credentials parse(String header) {
        if (header.length() > MAX_HEADER_CHARS) {
            throw new IllegalArgumentException(
                    "the Authorization header has more than " + MAX_HEADER_CHARS + " characters");
        }
        int space = header.indexOf(' ');
        String scheme = space < 0 ? header : header.substring(0, space);
        String value = space < 0 ? "" : header.substring(space + 1).strip();
        return switch (scheme.toLowerCase(Locale.ROOT)) {
            case "basic" -> basic(value);
            case "bearer" ->
                new Token(TokenText.parse(value)
                        .orElseThrow(() -> new IllegalArgumentException("a bearer token must have"
                                + " the form lgn_ID_SECRET, as lignum token create prints it")));
            default ->
                throw new IllegalArgumentException(
                        "the Authorization header must be Basic or Bearer");
        };
    }

    private static Password basic(String base64) {
        String text;
        try {
            byte[] bytes = Base64.getDecoder().decode(base64);
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (IllegalArgumentException | CharacterCodingException e) {
            throw new IllegalArgumentException(
                    "a Basic Authorization header must hold NAME:PASSWORD in UTF-8 and base64", e);
        }
        int colon = text.indexOf(':');
        if (colon < 1 || text.indexOf('\0') >= 0) {
            throw new IllegalArgumentException(
                    "a Basic Authorization header must hold NAME:PASSWORD");
        }
        return new Password(text.substring(0, colon), text.substring(colon + 1));
    }
}
