package io.lignum.storage;

import java.nio.file.Path;
import java.util.OptionalLong;

/** File names of segments: the base offset in 20 digits and what it is. */
final class SegmentNames {

    static final String ACTIVE = ".qwal";
    static final String SEALED = ".log";
    static final String INDEX = ".index";

    private static final int DIGITS = 20;

    private SegmentNames() {}

    static String of(long baseOffset, String suffix) {
        String number = Long.toString(baseOffset);
        return "0".repeat(DIGITS - number.length()) + number + suffix;
    }

    /** The base offset if the file's name is that of a segment, active or sealed. */
    static OptionalLong baseOffset(Path file) {
        String name = String.valueOf(file.getFileName());
        OptionalLong sealed = baseOffset(name, SEALED);
        return sealed.isPresent() ? sealed : baseOffset(name, ACTIVE);
    }

    /** The base offset if the name is exactly one of ours with that suffix. */
    static OptionalLong baseOffset(String name, String suffix) {
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
            return OptionalLong.empty(); // 20 digits can say more than a long
        }
    }
}
