package io.lignum.storage;

import io.lignum.record.RecordBatch;

import java.io.IOException;
import java.nio.file.Path;

/** Sees the batches of a log, one after the other. */
@FunctionalInterface
public interface BatchVisitor {

    /**
     * Sees one batch, whose CRC matches.
     *
     * @param batch a view that is valid during this call only
     * @param file the file that holds it
     * @param position its first byte in the file
     * @return whether to go on
     * @throws IOException passed on to the caller of the visit
     */
    boolean visit(RecordBatch batch, Path file, long position) throws IOException;
}
