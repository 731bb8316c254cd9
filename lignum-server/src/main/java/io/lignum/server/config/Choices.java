package io.lignum.server.config;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Parses the constants of an enum from text, in the configuration file and in HTTP requests alike.
 */
public final class Choices {

    private Choices() {}

    /**
     * Returns the constant with this name, in upper or lower case.
     *
     * @throws IllegalArgumentException there is no such constant; the message lists all of them
     */
    public static <E extends Enum<E>> E parse(Class<E> type, String text) {
        for (E constant : type.getEnumConstants()) {
            if (constant.name().equalsIgnoreCase(text.strip())) {
                return constant;
            }
        }
        List<String> names = list(type);
        String nearest = NearestKey.nearest(text.strip().toLowerCase(Locale.ROOT), names);
        throw new IllegalArgumentException(
                "must be one of " + String.join(", ", names) + "; the nearest is " + nearest);
    }

    static String names(Class<? extends Enum<?>> type) {
        return String.join(", ", list(type));
    }

    private static List<String> list(Class<? extends Enum<?>> type) {
        return Arrays.stream(type.getEnumConstants())
                .map(constant -> constant.name().toLowerCase(Locale.ROOT))
                .toList();
    }
}
