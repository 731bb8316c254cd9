package io.lignum.storage;

import java.nio.file.Path;
import java.util.Optional;

/**
 * What opening a topic found.
 *
 * @param clean the topic was closed in order: nothing had to be scanned
 * @param scannedBytes bytes checked above the last checkpoint
 * @param keptRecords records above the last checkpoint that were found whole and forced again
 * @param tornBytes bytes of an unfinished write that were cut from the end
 * @param sideFile where the cut bytes are, if there were any
 * @param nanos how long it took
 */
public record RecoveryReport(
        boolean clean,
        long scannedBytes,
        long keptRecords,
        long tornBytes,
        Optional<Path> sideFile,
        long nanos) {}
