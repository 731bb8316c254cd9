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
 * The segment that is written to.
 *
 * <p>fdatasync is much cheaper when the bytes land in blocks that were really written before: the
 * file system has then no sizes or extents to record. So the file is filled with zeros ahead of the
 * data, at first as much as there is data, later 1 MiB at a time. A topic with little data gets
 * nothing of it, and neither does a large write: it takes the disk so long that to write its bytes
 * twice costs more than what the file system records. Zeros are no batch, so recovery sees where
 * the data ends; sealing cuts them off.
 *
 * <p>Used by the log's writer only.
 */
public final class ActiveSegment {

    static final int MIN_AHEAD_BYTES = 64 * 1024;
    static final int MAX_AHEAD_BYTES = 1 << 20;
    static final int LARGE_WRITE_BYTES = 128 * 1024;

    /** What {@link #keepRoom} writes ahead: some hundred records that say what is to be deleted. */
    static final int KEPT_BYTES = 64 * 1024;

    private static final ByteBuffer ZEROS =
            ByteBuffer.allocateDirect(256 * 1024).asReadOnlyBuffer();

    private final Segment segment;
    private final SegmentSummary summary;
    private final OffsetIndex index;
    private final RecordBatch view = new RecordBatch();
    private long fileBytes;
    private long
            tornEnd; // above it the file holds zeros; below, down to the last batch, a torn write
    private volatile long firstAppendMillis; // the tick looks at it

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

    /** One whose file is about to be made. */
    public static ActiveSegment empty(Path directory, long base) {
        SegmentSummary summary = new SegmentSummary(base);
        OffsetIndex index = new OffsetIndex();
        Segment segment = Segment.active(directory, base, summary, index);
        return new ActiveSegment(segment, summary, index, 0, 0);
    }

    /**
     * Writes whole batches behind what is there.
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

    /** Durably: what is refused as not applied must not be there after a power cut either. */
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

    /**
     * Keeps zeros ahead, so that small writes need no room on the disk. Does nothing when it is
     * full.
     */
    public void keepRoom(DiskFile file) throws IOException {
        long end = summary.sizeInBytes();
        if (isTorn() || fileBytes - end >= KEPT_BYTES / 2) {
            return;
        }
        try {
            writeZeros(file, end + KEPT_BYTES - fileBytes);
        } catch (DiskFullException e) {
            file.truncate(fileBytes); // Some of the zeros may be there.
        }
    }

    /**
     * The file holds a torn write up to {@code end}, which found no room aside; see
     * {@link #cutTorn}.
     */
    public void keepTorn(long end) {
        tornEnd = end;
    }

    public boolean isTorn() {
        return tornEnd > summary.sizeInBytes();
    }

    /**
     * Saves the torn write aside and cuts it, so that the file can be written to.
     *
     * @throws DiskFullException still no room; the file is as before
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

    /** Cuts off what lies behind the last batch. */
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

    /** Wall clock at the append of its first record; of no meaning while empty. */
    public long firstAppendMillis() {
        return firstAppendMillis;
    }
}
