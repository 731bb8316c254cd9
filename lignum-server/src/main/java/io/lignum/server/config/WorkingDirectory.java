package io.lignum.server.config;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/**
 * Checks the directory that relative paths refer to. If its name has characters that the locale's
 * encoding lacks, as with {@code LC_ALL=C}, the JVM replaces them by '?' and would resolve relative
 * paths in another directory. {@link ConfigRules} and the command line call this before they use
 * such a path.
 */
public final class WorkingDirectory {

    /** On Linux the real working directory; its path needs no character of its name. */
    private static final Path REAL = Path.of("/proc/self/cwd");

    private WorkingDirectory() {}

    /** Whether relative paths refer to the process's working directory. */
    static boolean isExpressible() {
        String name = System.getProperty("user.dir", "");
        boolean suspicious = name.indexOf('?') >= 0 || name.indexOf('\uFFFD') >= 0;
        if (!suspicious || Charset.forName(encoding()).newEncoder().canEncode('\u00e9')) {
            return true;
        }
        try {
            return Files.isSameFile(Path.of(name), REAL);
        } catch (IOException | InvalidPathException noSuchDirectory) {
            return false;
        }
    }

    /**
     * Refuses to start if {@code file} of the working directory exists but cannot be reached by its
     * relative path.
     *
     * @throws ConfigException the message says what to do
     */
    public static void refuseHidden(Path file) {
        if (!isExpressible() && Files.exists(REAL.resolve(file))) {
            throw new ConfigException(file + " " + problem());
        }
    }

    /** The second part of a sentence whose subject is a relative path. */
    static String problem() {
        return "is in a working directory whose name this process's locale cannot express; its"
                + " encoding is " + encoding() + ": set LC_ALL=C.UTF-8, or give an absolute path";
    }

    private static String encoding() {
        return System.getProperty("sun.jnu.encoding", "UTF-8");
    }
}
