package io.lignum.storage.internal.segment;

import io.lignum.storage.env.Disk;

import java.io.IOException;

/**
 * Takes segments out of use and deletes their files. The one place that knows what has to let go of
 * a segment before its files go: its index, and the open file.
 *
 * <p>Called by a log's writer. A reader that holds the file goes on reading it.
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

    /** Forgets a segment whose files are about to be deleted, renamed or left to another store. */
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
