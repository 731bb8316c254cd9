package io.lignum.client;

import io.lignum.record.Utf8;

import java.util.Base64;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * How a client proves to nodes who it is: with a user's name and password, or with an API token.
 * Nodes get it with each call; without {@link Tls} it can be read on the network. Immutable.
 *
 * <p>A supplier is called when the client opens a connection, and again after a node refused what
 * it returned, so a password or token can be replaced while the client runs. If the supplier then
 * returns another value, the client repeats the refused call once. Otherwise the call fails with
 * {@link LignumException.NotAuthenticated}, and the next call asks the supplier again.
 *
 * <p>A supplier is called on the client's I/O thread and delays all its calls, so it must return
 * quickly: it may read a small local file, but must not wait for the network. If it throws, the
 * call that needed the value fails with {@link LignumException.NotAuthenticated}.
 */
public final class Credentials {

    /** Nodes refuse longer headers. */
    private static final int MAX_HEADER_CHARS = 4_096;

    private final String shown;
    private final Supplier<String> header;

    private Credentials(String shown, Supplier<String> header) {
        this.shown = shown;
        this.header = header;
    }

    /**
     * The name and password of a user.
     *
     * @throws IllegalArgumentException the name is empty, or contains a colon or a control
     *     character
     */
    public static Credentials password(String user, String password) {
        Objects.requireNonNull(password, "password");
        return password(user, () -> password);
    }

    /**
     * The name of a user, and where to get its password.
     *
     * @param password must return quickly, see {@link Credentials}
     * @throws IllegalArgumentException the name is empty, or contains a colon or a control
     *     character
     */
    public static Credentials password(String user, Supplier<String> password) {
        Objects.requireNonNull(password, "password");
        if (user.isEmpty()
                || user.indexOf(':') >= 0
                || user.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException(
                    "the name of a user must not be empty or contain a colon or a control"
                            + " character");
        }
        return new Credentials("password of " + user, () -> basic(user, password.get()));
    }

    /** An API token, as {@code lignum token create} prints it. */
    public static Credentials token(String token) {
        Objects.requireNonNull(token, "token");
        return token(() -> token);
    }

    /**
     * Where to get an API token. White space around the token is removed, such as the line feed at
     * the end of a file.
     *
     * @param token must return quickly, see {@link Credentials}
     */
    public static Credentials token(Supplier<String> token) {
        Objects.requireNonNull(token, "token");
        return new Credentials("token", () -> bearer(token.get()));
    }

    private static String basic(String user, String password) {
        Objects.requireNonNull(password, "the supplier of the password returned null");
        if (password.isEmpty()) {
            throw new IllegalArgumentException("the password is empty");
        }
        return "Basic " + Base64.getEncoder().encodeToString(Utf8.encode(user + ":" + password));
    }

    private static String bearer(String token) {
        Objects.requireNonNull(token, "the supplier of the token returned null");
        String stripped = token.strip();
        if (stripped.isEmpty() || stripped.chars().anyMatch(c -> c <= ' ' || c > '~')) {
            throw new IllegalArgumentException(
                    "the token is empty, or contains a character that is not in tokens");
        }
        return "Bearer " + stripped;
    }

    /**
     * The value of the header {@code authorization} of HTTP and gRPC, which contains the secret.
     * Calls the supplier.
     *
     * @throws IllegalArgumentException the password or token cannot be used; the message does not
     *     contain it
     * @throws RuntimeException what the supplier has thrown
     */
    public String authorization() {
        String value = header.get();
        if (value.length() > MAX_HEADER_CHARS) {
            throw new IllegalArgumentException("the user and password, or the token, make a header"
                    + " of more than " + MAX_HEADER_CHARS + " characters");
        }
        return value;
    }

    /** Without the password or token. */
    @Override
    public String toString() {
        return shown;
    }
}
