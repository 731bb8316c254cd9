package io.lignum.server.config;

import io.lignum.record.Utf8;
import io.lignum.server.access.SecurityMode;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;

/** What a key's value may be: how it is read from text, and how that is told to people. */
final class ValueType {

    /** Planned, so that somebody may have read of them. */
    private static final Set<String> LATER_MODES = Set.of("observe", "on");

    private final String description;
    private final Function<String, Object> parser;

    private ValueType(String description, Function<String, Object> parser) {
        this.description = description;
        this.parser = parser;
    }

    /** Any text that is not blank. */
    static ValueType text() {
        return new ValueType("text", text -> {
            if (text.isBlank()) {
                throw new IllegalArgumentException("must not be empty");
            }
            if (text.indexOf('\0') >= 0) {
                throw new IllegalArgumentException("must not hold the character NUL");
            }
            if (Utf8.unpairedSurrogate(text).isPresent()) {
                throw new IllegalArgumentException("must not hold half a surrogate pair");
            }
            return text;
        });
    }

    /** A path that the file system takes. */
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

    /** Text of letters, digits, dot, dash and underscore. */
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

    /** A TCP port; 0 asks the system for a free one. */
    static ValueType port() {
        return number(0, 65_535);
    }

    static <E extends Enum<E>> ValueType choice(Class<E> type) {
        return new ValueType("one of " + Choices.names(type), text -> Choices.parse(type, text));
    }

    /** A mode that there is; modes that are planned are refused with a message of their own. */
    static ValueType securityMode() {
        ValueType present = choice(SecurityMode.class);
        return new ValueType(present.description, text -> {
            if (LATER_MODES.contains(lower(text))) {
                throw new IllegalArgumentException("there is no mode " + lower(text)
                        + " in this release yet; there are protected and open");
            }
            return present.parse(text);
        });
    }

    /** {@code true} or {@code false}. */
    static ValueType flag() {
        return new ValueType("true or false", text -> switch (lower(text)) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException("must be true or false");
        });
    }

    /** Names of hosts with commas between them, without ports. */
    static ValueType hosts() {
        return new ValueType("names of hosts", text -> {
            if (!text.matches("[ ]*[A-Za-z0-9._-]{1,253}[ ]*(,[ ]*[A-Za-z0-9._-]{1,253}[ ]*)*")) {
                throw new IllegalArgumentException(
                        "must be names of hosts with commas between them, without ports");
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

    /** The value that {@code text} stands for; IllegalArgumentException says what is wrong. */
    Object parse(String text) {
        return parser.apply(text);
    }

    String description() {
        return description;
    }
}
