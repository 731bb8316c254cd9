package io.lignum.access;

import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The subject of access decisions: a user, the owner of a client certificate, or one of two that
 * grants cannot name. As text: {@code user:alice}, {@code cert:ops}.
 *
 * @param name of a user: 1 to 128 letters, digits, dots, underscores, dashes and at signs; else 1
 *     to 256 characters without control characters
 */
public record Principal(Kind kind, String name) {

    /** The kinds of principals. */
    public enum Kind {
        /** Authenticated by a password or a token. */
        USER,
        /** Authenticated by a client certificate. */
        CERT,
        /** Authenticated by a recovery token of this node; may do everything. */
        RECOVERY,
        /** The program that embeds the node; may do everything. */
        OWNER;

        String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private static final Pattern USER_NAME = Pattern.compile("[A-Za-z0-9._@-]{1,128}");
    private static final int MAX_NAME = 256;

    /** Callers without credentials. No user can have this name. */
    public static final Principal ANONYMOUS = new Principal(Kind.USER, "anonymous");

    /** The program that embeds the node. */
    public static final Principal OWNER = new Principal(Kind.OWNER, "embedding-program");

    /** @throws IllegalArgumentException the name is not valid for this kind */
    public Principal {
        if (kind == Kind.USER) {
            checkUserName(name);
        } else if (name.isEmpty()
                || name.length() > MAX_NAME
                || name.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("the name of a principal must have 1 to " + MAX_NAME
                    + " characters, and no control characters");
        }
    }

    public static Principal user(String name) {
        return new Principal(Kind.USER, name);
    }

    /** Whether a user can have this name. */
    public static boolean isUserName(String name) {
        return USER_NAME.matcher(name).matches();
    }

    private static void checkUserName(String name) {
        if (!isUserName(name)) {
            throw new IllegalArgumentException("a user's name must have 1 to 128 letters, digits,"
                    + " dots, underscores, dashes or at signs");
        }
    }

    /**
     * Parses {@code user:NAME} or {@code cert:NAME}.
     *
     * @throws IllegalArgumentException the text is neither
     */
    public static Principal parse(String text) {
        int colon = text.indexOf(':');
        return Arrays.stream(Kind.values())
                .filter(kind -> kind == Kind.USER || kind == Kind.CERT)
                .filter(kind -> colon > 0 && text.substring(0, colon).equals(kind.text()))
                .findFirst()
                .map(kind -> new Principal(kind, text.substring(colon + 1)))
                .orElseThrow(() -> new IllegalArgumentException(
                        "a principal must be user:NAME or cert:NAME, not '" + text + "'"));
    }

    /** Whether this principal may do everything, regardless of grants. */
    public boolean isUnrestricted() {
        return kind == Kind.RECOVERY || kind == Kind.OWNER;
    }

    @Override
    public String toString() {
        return kind.text() + ":" + name;
    }
}
