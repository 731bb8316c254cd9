package io.lignum.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Checks whether the JVM uses the class archive (class data sharing) that {@code bin/lignum} found.
 * A JVM ignores an archive that does not match, without a message; then a start takes twice the
 * processor time.
 */
final class ArchiveCheck {

    private static final Path MAPPED = Path.of("/proc/self/maps");

    private ArchiveCheck() {}

    /**
     * Returns a warning for the log; empty: the archive is in use, does not exist, or this is not
     * Linux.
     */
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
                + " does not match this Java or this jar, so it is not used"
                + " and starts take longer; create it again with this Java: make archive");
    }
}
