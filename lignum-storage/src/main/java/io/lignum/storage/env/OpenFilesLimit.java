package io.lignum.storage.env;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/**
 * Reads how many file handles this process may have (RLIMIT_NOFILE), from
 * {@code /proc/self/limits}.
 */
public final class OpenFilesLimit {

    private static final Path LIMITS = Path.of("/proc/self/limits");
    private static final String LINE = "Max open files";

    private OpenFilesLimit() {}

    /** The soft limit; empty where it is not known, or unlimited. */
    public static OptionalLong read() {
        try {
            return Files.readAllLines(LIMITS).stream()
                    .filter(line -> line.startsWith(LINE))
                    .map(line -> line.substring(LINE.length()).strip().split("\\s+", 2)[0])
                    .filter(soft -> soft.chars().allMatch(Character::isDigit))
                    .mapToLong(Long::parseLong)
                    .findFirst();
        } catch (IOException e) {
            return OptionalLong.empty(); // Not Linux, or no /proc: then there is no warning.
        }
    }
}
