package io.lignum.server;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Checks the arguments before they are used. If the locale's encoding is ASCII, as with
 * {@code LC_ALL=C}, the JVM replaces all other bytes, and would use a file or directory with
 * another name.
 */
final class Arguments {

    private static final Path RAW = Path.of("/proc/self/cmdline");

    private Arguments() {}

    /** Whether the JVM received the arguments unchanged. */
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
        return "an argument has characters that this process's locale cannot express; its encoding is "
                + encoding() + "; set LC_ALL=C.UTF-8";
    }

    private static String encoding() {
        return System.getProperty("sun.jnu.encoding", "UTF-8");
    }
}
