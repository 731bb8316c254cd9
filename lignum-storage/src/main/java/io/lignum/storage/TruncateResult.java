package io.lignum.storage;

import java.nio.file.Path;
import java.util.Optional;

/**
 * The result of a truncation.
 *
 * @param endOffset the new log end offset; below the offset asked for if that was inside a batch
 * @param removedRecords number of records that were cut
 * @param sideFile the file that holds exactly the cut bytes; empty when nothing was cut
 */
public record TruncateResult(long endOffset, long removedRecords, Optional<Path> sideFile) {}
