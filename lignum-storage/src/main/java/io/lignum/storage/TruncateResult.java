package io.lignum.storage;

import java.nio.file.Path;
import java.util.Optional;

/**
 * What a truncation did.
 *
 * @param endOffset the log end offset now; below the offset asked for when that lies inside a batch
 * @param removedRecords how many records were cut
 * @param sideFile holds exactly the cut bytes; empty when nothing was cut
 */
public record TruncateResult(long endOffset, long removedRecords, Optional<Path> sideFile) {}
