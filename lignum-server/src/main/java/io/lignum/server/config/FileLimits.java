package io.lignum.server.config;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * Lowers defaults that need more file handles than the process may open (RLIMIT_NOFILE), so that
 * requests are refused with the name of a limit before the system refuses to open a file. Values
 * that were set explicitly stay; if their sum is too large, a hint says so.
 */
final class FileLimits {

    /** Files of the process itself: jars, selectors, logs, and connections of other nodes. */
    private static final int OWN = 128;

    private static final int OWN_IN_CLUSTER = 256;

    private static final int LEAST = 16;

    private final Settings settings;
    private final OptionalLong openFiles;

    /** @param openFiles how many files the process may open; empty if unknown */
    FileLimits(Settings settings, OptionalLong openFiles) {
        this.settings = settings;
        this.openFiles = openFiles;
    }

    /** Lowers the limits and returns the hints about it. */
    List<String> fit() {
        if (openFiles.isEmpty()) {
            return List.of();
        }
        long all = openFiles.getAsLong();
        long own = (long) OWN + (settings.isClustered() ? OWN_IN_CLUSTER : 0);
        List<String> fitted = new ArrayList<>();
        atMost(ConfigKey.STORAGE_OPEN_FILES, all / 4, fitted);
        long left = all - own - settings.whole(ConfigKey.STORAGE_OPEN_FILES);
        // Each of the two listeners accepts an eighth more connections, at least 16, to refuse them
        // with an error.
        atMost(ConfigKey.LIMIT_CONNECTIONS, Math.min(left / 2 - 16, left / 2 * 8 / 9), fitted);
        List<String> hints = new ArrayList<>();
        String limit = "the process may open " + all + " files (ulimit -n)";
        if (!fitted.isEmpty()) {
            hints.add(limit + ", and these limits were lowered accordingly: "
                    + String.join(", ", fitted));
        }
        long connections = settings.whole(ConfigKey.LIMIT_CONNECTIONS);
        long needed = own
                + settings.whole(ConfigKey.STORAGE_OPEN_FILES)
                + 2 * (connections + Math.max(16, connections / 8));
        if (needed > all) {
            hints.add(limit + ", and may need " + needed + ": "
                    + ConfigKey.STORAGE_OPEN_FILES.path() + " for the engine, "
                    + ConfigKey.LIMIT_CONNECTIONS.path() + " for each of HTTP and gRPC, and " + own
                    + " itself; raise the limit or lower these");
        }
        return hints;
    }

    private void atMost(ConfigKey key, long most, List<String> fitted) {
        long value = Math.max(LEAST, most);
        if (!settings.isGiven(key) && value < settings.number(key)) {
            settings.fit(key, value, "for " + openFiles.getAsLong() + " open files");
            fitted.add(key.path() + " " + value);
        }
    }
}
