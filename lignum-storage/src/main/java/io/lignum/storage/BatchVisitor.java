package io.lignum.storage;

import io.lignum.record.RecordBatch;

import java.io.IOException;
import java.nio.file.Path;

/** Is shown the batches of a log, one after the other. */
@FunctionalInterface
public interface BatchVisitor {

    /**
     * Looks at one batch, whose CRC holds.
     *
     * @param batch a view that is valid during this call only
     * @param file where it stands
     * @param position its first byte in the file
     * @return whether to go on
     * @throws IOException handed on to the caller
     */
    boolean visit(RecordBatch batch, Path file, long position) throws IOException;
}
