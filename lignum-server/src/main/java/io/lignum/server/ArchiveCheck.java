package io.lignum.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Whether the class archive that {@code bin/lignum} has found is in use. The JVM goes on without
 * one that does not fit, and says nothing; then a start takes twice the processor time.
 */
final class ArchiveCheck {

    private static final Path MAPPED = Path.of("/proc/self/maps");

    private ArchiveCheck() {}

    /** What to say of it; empty: it is in use, there is none, or this is not Linux. */
    static Optional<String> problem() {
        String archive = System.getProperty("lignum.archive");
        if (archive == null || !Files.isReadable(MAPPED)) {
            return Optional.empty();
        }
        try (Stream<String> lines = Files.lines(MAPPED)) {
            Path real = Path.of(archive).toRealPath();
            if (lines.anyMatch(line -> line.endsWith(real.toString()))) {
                return Optional.empty();
            }
        } catch (IOException unreadable) {
            return Optional.empty();
        }
        return Optional.of("The class archive " + archive
                + " does not fit this Java or this jar, so it is not used"
                + " and starts take longer; make it again with this Java: make archive");
    }
}
