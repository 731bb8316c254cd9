package io.lignum.storage.internal.segment;

import io.lignum.storage.env.Disk;

import java.io.IOException;

/**
 * Takes segments out of use and deletes their files. Before a file is deleted, the segment's index
 * and its open file must be released; this is the only place that does so.
 *
 * <p>Called by a log's writer. A reader that holds the file continues to read it.
 */
public final class SegmentRemover {

    private final Disk disk;
    private final FileCache files;
    private final SegmentIndexes indexes;

    public SegmentRemover(Disk disk, FileCache files, SegmentIndexes indexes) {
        this.disk = disk;
        this.files = files;
        this.indexes = indexes;
    }

    /** Releases a segment whose files are about to be deleted, renamed or left to another store. */
    public void retire(Segment segment) throws IOException {
        indexes.forget(segment);
        files.retire(segment);
    }

    /** Deletes a segment's files, the index first. */
    public void delete(Segment segment) throws IOException {
        retire(segment);
        disk.delete(segment.indexPath());
        disk.delete(segment.path());
    }
}
