package io.lignum.storage.internal.segment;

import io.lignum.record.RecordBatch;
import io.lignum.storage.env.Disk;
import io.lignum.storage.env.DiskFile;
import io.lignum.storage.env.DiskFullException;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.function.ObjLongConsumer;

/**
 * Writes batches to the one segment of a log that takes appends, and keeps its summary and index.
 *
 * <p>fdatasync is much cheaper when the bytes go to blocks that were written before, since the file
 * system then has no new size or extent to record. So this class fills the file with zeros ahead of
 * the data: at first as much as there is data, later 1 MiB at a time. A topic with little data gets
 * no zeros, and a large write causes none: writing its bytes twice would cost more than it saves. A
 * header of zeros is no batch, so recovery sees where the data ends; sealing cuts the zeros off.
 *
 * <p>Used by the log's writer only. A write that finds the disk full leaves the file as it was.
 */
public final class ActiveSegment {

    static final int MIN_AHEAD_BYTES = 64 * 1024;
    static final int MAX_AHEAD_BYTES = 1 << 20;
    static final int LARGE_WRITE_BYTES = 128 * 1024;

    /**
     * What {@link #keepSpace} writes ahead: enough for some hundred records that say what to
     * delete.
     */
    static final int KEPT_BYTES = 64 * 1024;

    private static final ByteBuffer ZEROS =
            ByteBuffer.allocateDirect(256 * 1024).asReadOnlyBuffer();

    private final Segment segment;
    private final SegmentSummary summary;
    private final OffsetIndex index;
    private final RecordBatch view = new RecordBatch();
    private long fileBytes;
    private long
            tornEnd; // Above it the file holds zeros; between the last batch and it, a torn write.
    private volatile long firstAppendMillis; // Also read by the tick.

    public ActiveSegment(
            Segment segment,
            SegmentSummary summary,
            OffsetIndex index,
            long fileBytes,
            long firstAppendMillis) {
        this.segment = segment;
        this.summary = summary;
        this.index = index;
        this.fileBytes = fileBytes;
        this.firstAppendMillis = firstAppendMillis;
    }

    /** An empty segment, whose file the caller creates. */
    public static ActiveSegment empty(Path directory, long base) {
        SegmentSummary summary = new SegmentSummary(base);
        OffsetIndex index = new OffsetIndex();
        Segment segment = Segment.active(directory, base, summary, index);
        return new ActiveSegment(segment, summary, index, 0, 0);
    }

    /**
     * Writes whole batches behind the present ones.
     *
     * @param ahead write zeros ahead, since a force follows
     * @throws DiskFullException the file is as before
     */
    public void write(DiskFile file, ByteBuffer batches, boolean ahead) throws IOException {
        long position = summary.sizeInBytes();
        int bytes = batches.remaining();
        try {
            if (ahead
                    && bytes < LARGE_WRITE_BYTES
                    && position + bytes > fileBytes
                    && position >= MIN_AHEAD_BYTES) {
                writeZeros(file, Math.max(bytes, Math.min(MAX_AHEAD_BYTES, position)));
            }
            file.write(batches.duplicate(), position);
        } catch (DiskFullException e) {
            undo(file, position);
            throw e;
        }
        fileBytes = Math.max(fileBytes, position + bytes);
    }

    /**
     * Undoes a write durably: after a power failure, too, a batch that was refused is not there.
     */
    private void undo(DiskFile file, long position) throws IOException {
        try {
            file.truncate(position);
            file.force();
            fileBytes = position;
        } catch (DiskFullException e) {
            throw new IOException("a write was not undone", e);
        }
    }

    private void writeZeros(DiskFile file, long bytes) throws IOException {
        long end = fileBytes + bytes;
        while (fileBytes < end) {
            ByteBuffer zeros = ZEROS.duplicate();
            zeros.limit((int) Math.min(zeros.capacity(), end - fileBytes));
            int n = zeros.remaining();
            file.write(zeros, fileBytes);
            fileBytes += n;
        }
    }

    /** Keeps zeros ahead, so that small writes need no free space. Does nothing on a full disk. */
    public void keepSpace(DiskFile file) throws IOException {
        long end = summary.sizeInBytes();
        if (isTorn() || fileBytes - end >= KEPT_BYTES / 2) {
            return;
        }
        try {
            writeZeros(file, end + KEPT_BYTES - fileBytes);
        } catch (DiskFullException e) {
            file.truncate(fileBytes); // Some of the zeros may be in the file.
        }
    }

    /** Remembers a torn write up to {@code end} that could not be saved; see {@link #cutTorn}. */
    public void keepTorn(long end) {
        tornEnd = end;
    }

    public boolean isTorn() {
        return tornEnd > summary.sizeInBytes();
    }

    /**
     * Saves the torn write to a side file and cuts it off, so that the file can be written to.
     *
     * @throws DiskFullException the disk is still full; the file is as before
     */
    public void cutTorn(Disk disk, DiskFile file) throws IOException {
        long end = summary.sizeInBytes();
        new TailRepair(disk, file).cutTorn(segment, end, tornEnd);
        fileBytes = end;
        tornEnd = 0;
    }

    /**
     * Adds batches that were written to the summary and the index.
     *
     * @param log is shown each batch with the time of its append
     */
    public void account(ByteBuffer batches, long nowMillis, ObjLongConsumer<RecordBatch> log) {
        if (summary.sizeInBytes() == 0) {
            firstAppendMillis = nowMillis;
        }
        int at = batches.position();
        while (at < batches.limit()) {
            view.wrap(batches, at);
            SegmentScan.add(view, summary, index);
            log.accept(view, nowMillis);
            at += view.sizeInBytes();
        }
        segment.publish(summary);
    }

    /** Cuts off what stands behind the last batch. */
    public void trimFile(DiskFile file) throws IOException {
        if (fileBytes > summary.sizeInBytes()) {
            file.truncate(summary.sizeInBytes());
            fileBytes = summary.sizeInBytes();
        }
    }

    public boolean isEmpty() {
        return segment.sizeInBytes() == 0;
    }

    public Segment segment() {
        return segment;
    }

    public SegmentSummary summary() {
        return summary;
    }

    public OffsetIndex index() {
        return index;
    }

    /** Wall clock at the append of the first record; without meaning while the segment is empty. */
    public long firstAppendMillis() {
        return firstAppendMillis;
    }
}
