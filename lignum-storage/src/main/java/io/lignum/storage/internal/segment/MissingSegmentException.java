package io.lignum.storage.internal.segment;

import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * Reports that a segment has no file: retention, a deletion or a truncation removed it, or it is
 * lost.
 */
public final class MissingSegmentException extends NoSuchFileException {

    private static final long serialVersionUID = 1L;

    public MissingSegmentException(Path path, NoSuchFileException cause) {
        super(path.toString());
        initCause(cause);
    }
}
