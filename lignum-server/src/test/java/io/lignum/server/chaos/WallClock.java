package io.lignum.server.chaos;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The wall clock of a process, which libfaketime can make jump; its monotonic clock is not
 * affected. One thread.
 */
final class WallClock {

    /** A process reads it once a second. */
    static final int UNTIL_SEEN_MILLIS = 1_100;

    /** Its location on Debian and others. */
    private static final List<Path> PLACES = List.of(
            Path.of("/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1"),
            Path.of("/usr/lib/aarch64-linux-gnu/faketime/libfaketime.so.1"),
            Path.of("/usr/lib/faketime/libfaketime.so.1"),
            Path.of("/usr/lib64/faketime/libfaketime.so.1"));

    private final Path library;
    private final Path file;

    private WallClock(Path library, Path file) {
        this.library = library;
        this.file = file;
        jump(Duration.ZERO);
    }

    /** Returns empty if the library is not installed. */
    static Optional<WallClock> in(Path file) {
        return PLACES.stream()
                .filter(Files::exists)
                .findFirst()
                .map(library -> new WallClock(library, file));
    }

    /** The environment variables of a process that uses it. */
    Map<String, String> environment() {
        return Map.of(
                "LD_PRELOAD", library.toString(),
                "FAKETIME_TIMESTAMP_FILE", file.toString(),
                "FAKETIME_CACHE_DURATION", "1", // seconds
                "FAKETIME_DONT_FAKE_MONOTONIC", "1",
                "FAKETIME_FORCE_MONOTONIC_FIX",
                        "0"); // Otherwise every timed wait of a JVM ends immediately.
    }

    /** Makes the clock wrong by this much, in whole seconds, within {@link #UNTIL_SEEN_MILLIS}. */
    void jump(Duration off) {
        try {
            Files.writeString(file, String.format("%+d%n", off.toSeconds()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
