package io.lignum.storage.internal.segment;

import java.nio.file.Path;
import java.util.OptionalLong;

/** Names the files of segments: the base offset in 20 digits, and a suffix for the kind. */
public final class SegmentNames {

    public static final String ACTIVE = ".qwal";
    public static final String SEALED = ".log";
    public static final String INDEX = ".index";

    private static final int DIGITS = 20;

    private SegmentNames() {}

    public static String of(long baseOffset, String suffix) {
        String number = Long.toString(baseOffset);
        return "0".repeat(DIGITS - number.length()) + number + suffix;
    }

    /** The base offset in the name of an active or sealed segment. */
    public static OptionalLong baseOffset(Path file) {
        String name = String.valueOf(file.getFileName());
        OptionalLong sealed = baseOffset(name, SEALED);
        return sealed.isPresent() ? sealed : baseOffset(name, ACTIVE);
    }

    /** The base offset if the name has exactly 20 digits and that suffix. */
    public static OptionalLong baseOffset(String name, String suffix) {
        if (name.length() != DIGITS + suffix.length() || !name.endsWith(suffix)) {
            return OptionalLong.empty();
        }
        for (int i = 0; i < DIGITS; i++) {
            if (name.charAt(i) < '0' || name.charAt(i) > '9') {
                return OptionalLong.empty();
            }
        }
        try {
            return OptionalLong.of(Long.parseLong(name.substring(0, DIGITS)));
        } catch (NumberFormatException e) {
            return OptionalLong.empty(); // 20 digits can exceed a long.
        }
    }
}
