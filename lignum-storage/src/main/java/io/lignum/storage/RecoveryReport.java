package io.lignum.storage;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Reports how a topic was opened.
 *
 * @param clean the topic was closed in order: nothing had to be scanned
 * @param scannedBytes bytes checked above the last checkpoint
 * @param keptRecords whole records above the last checkpoint, which were forced again
 * @param tornBytes bytes of an unfinished write that were cut from the end
 * @param sideFile the file that holds the cut bytes, if there were any
 * @param nanos duration of the opening
 */
public record RecoveryReport(
        boolean clean,
        long scannedBytes,
        long keptRecords,
        long tornBytes,
        Optional<Path> sideFile,
        long nanos) {}
