package io.lignum.storage;

import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** A segment has no file: retention, a deletion or a truncation removed it, or it is lost. */
final class MissingSegmentException extends NoSuchFileException {

    private static final long serialVersionUID = 1L;

    MissingSegmentException(Path path, NoSuchFileException cause) {
        super(path.toString());
        initCause(cause);
    }
}
