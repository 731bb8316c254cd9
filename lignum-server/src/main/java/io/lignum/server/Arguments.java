package io.lignum.server;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Checks the arguments before they are used. Where the locale's encoding is ASCII, as with
 * {@code LC_ALL=C}, the JVM puts '?' or a replacement character in place of every other byte, and a
 * file or directory of another name would be used.
 */
final class Arguments {

    private static final Path RAW = Path.of("/proc/self/cmdline");

    private Arguments() {}

    /** Whether the JVM has the arguments as they were given. */
    static boolean areReadable(String[] args) {
        boolean suspicious = Arrays.stream(args)
                .anyMatch(text -> text.indexOf('?') >= 0 || text.indexOf('\uFFFD') >= 0);
        if (!suspicious || Charset.forName(encoding()).newEncoder().canEncode('\u00e9')) {
            return true;
        }
        try {
            for (byte one : Files.readAllBytes(RAW)) {
                if (one < 0) {
                    return false;
                }
            }
            return true;
        } catch (IOException notLinux) {
            return true;
        }
    }

    static String problem() {
        return "an argument has characters that this process's locale cannot express, whose encoding is "
                + encoding() + "; set LC_ALL=C.UTF-8";
    }

    private static String encoding() {
        return System.getProperty("sun.jnu.encoding", "UTF-8");
    }
}
