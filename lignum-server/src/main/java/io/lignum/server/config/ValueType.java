package io.lignum.server.config;

import io.lignum.access.Principal;
import io.lignum.record.Utf8;
import io.lignum.server.tls.TlsVersion;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/** The type of a key's value: parses text, and describes the valid values for error messages. */
final class ValueType {

    private final String description;
    private final Function<String, Object> parser;

    private ValueType(String description, Function<String, Object> parser) {
        this.description = description;
        this.parser = parser;
    }

    /** Text that is not blank. */
    static ValueType text() {
        return new ValueType("text", text -> {
            if (text.isBlank()) {
                throw new IllegalArgumentException("must not be empty");
            }
            if (text.indexOf('\0') >= 0) {
                throw new IllegalArgumentException("must not contain the character NUL");
            }
            if (Utf8.unpairedSurrogate(text).isPresent()) {
                throw new IllegalArgumentException("must not contain an unpaired surrogate");
            }
            return text;
        });
    }

    /** A valid path of the file system. */
    static ValueType path() {
        ValueType text = text();
        return new ValueType("text", value -> {
            Object checked = text.parse(value);
            try {
                var unused = Path.of(value);
            } catch (InvalidPathException e) {
                throw new IllegalArgumentException(
                        "cannot be a path in this process's locale, whose file names are "
                                + System.getProperty("sun.jnu.encoding") + ": set LC_ALL=C.UTF-8",
                        e);
            }
            return checked;
        });
    }

    /** A name of letters, digits, dots, dashes and underscores. */
    static ValueType name() {
        return new ValueType("name", text -> {
            if (!text.matches("[A-Za-z0-9._-]{1,100}")) {
                throw new IllegalArgumentException(
                        "must be 1 to 100 letters, digits, dots, dashes or underscores");
            }
            return text;
        });
    }

    static ValueType number(long min, long max) {
        String range = max == Long.MAX_VALUE ? min + " or more" : min + " to " + max;
        return new ValueType("number, " + range, text -> parseNumber(text, min, max, range));
    }

    /** A TCP port; 0 lets the system choose a free one. */
    static ValueType port() {
        return number(0, 65_535);
    }

    static <E extends Enum<E>> ValueType choice(Class<E> type) {
        return new ValueType("one of " + Choices.names(type), text -> Choices.parse(type, text));
    }

    /** Principals, separated by commas. */
    static ValueType principals() {
        return new ValueType("principals", text -> {
            List<String> principals = Arrays.stream(text.split(",", -1))
                    .map(String::strip)
                    .map(principal -> Principal.parse(principal).toString())
                    .toList();
            if (principals.contains(Principal.ANONYMOUS.toString())) {
                throw new IllegalArgumentException(
                        "must not contain user:anonymous, which is everybody");
            }
            return String.join(",", principals);
        });
    }

    /** A version of TLS by its number. */
    static ValueType tlsVersion() {
        return new ValueType(
                "one of 1.2, 1.3",
                text -> TlsVersion.of(text.strip())
                        .orElseThrow(
                                () -> new IllegalArgumentException("must be one of 1.2, 1.3")));
    }

    /** {@code true} or {@code false}. */
    static ValueType flag() {
        return new ValueType("true or false", text -> switch (lower(text)) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException("must be true or false");
        });
    }

    /** Host names without ports, separated by commas. */
    static ValueType hosts() {
        return new ValueType("host names", text -> {
            if (!text.matches("[ ]*[A-Za-z0-9._-]{1,253}[ ]*(,[ ]*[A-Za-z0-9._-]{1,253}[ ]*)*")) {
                throw new IllegalArgumentException(
                        "must be host names without ports, separated by commas");
            }
            return text.replace(" ", "");
        });
    }

    private static String lower(String text) {
        return text.toLowerCase(Locale.ROOT);
    }

    private static Object parseNumber(String text, long min, long max, String range) {
        long value;
        try {
            value = Long.parseLong(text.strip().replace("_", ""));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("must be a whole number, " + range, e);
        }
        if (value < min || value > max) {
            throw new IllegalArgumentException("must be " + range);
        }
        return value;
    }

    /**
     * Parses {@code text}.
     *
     * @throws IllegalArgumentException the message says what is wrong
     */
    Object parse(String text) {
        return parser.apply(text);
    }

    String description() {
        return description;
    }
}
