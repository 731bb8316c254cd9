package io.lignum.storage.internal.segment;

import io.lignum.record.RecordBatch;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/**
 * Maps offsets and timestamps to positions in one segment. It is sparse: about every 16 KiB it has
 * an entry with the offset and position of a batch, and the largest timestamp of all records before
 * it. Offsets, positions and these timestamps all grow, so one table serves look-ups by offset and
 * by time.
 *
 * <pre>
 * file: entries of 20 bytes, big-endian, then a trailer
 *   0  i64 offset of a batch    8  i32 position of the batch    12  i64 largest timestamp before it
 * trailer: i32 magic, i32 number of entries, i32 CRC-32C of all before
 * </pre>
 *
 * <p>One thread adds; any thread looks up, without a lock: {@code count} is written after the entry
 * it covers and read before any.
 */
public final class OffsetIndex implements SegmentScan.Observer {

    public static final int INTERVAL_BYTES = 16 * 1024;

    private static final int ENTRY_BYTES = 20;
    private static final int TRAILER_BYTES = 12;
    private static final int MAGIC = 0x4c474931; // "LGI1"
    private static final int INITIAL_ENTRIES = 16;

    private record Entries(long[] offsets, int[] positions, long[] timestamps) {}

    private Entries entries;
    private volatile int count;
    private int bytesSinceEntry;
    private long maxTimestamp = -1;

    public OffsetIndex() {
        entries = new Entries(new long[0], new int[0], new long[0]);
    }

    @Override
    public void observe(RecordBatch batch, SegmentSummary before) {
        add(
                batch.baseOffset(),
                (int) before.sizeInBytes(),
                batch.sizeInBytes(),
                batch.maxTimestamp());
    }

    /** Adds the next batch of the segment, in order. About every 16 KiB a batch gets an entry. */
    public void add(long baseOffset, int position, int bytes, long batchMaxTimestamp) {
        if (bytesSinceEntry >= INTERVAL_BYTES) {
            append(baseOffset, position, maxTimestamp);
            bytesSinceEntry = 0;
        }
        bytesSinceEntry += bytes;
        maxTimestamp = Math.max(maxTimestamp, batchMaxTimestamp);
    }

    private void append(long offset, int position, long timestamp) {
        int n = count;
        if (n == entries.offsets.length) {
            int larger = Math.max(INITIAL_ENTRIES, 2 * n);
            entries = new Entries(
                    Arrays.copyOf(entries.offsets, larger),
                    Arrays.copyOf(entries.positions, larger),
                    Arrays.copyOf(entries.timestamps, larger));
        }
        entries.offsets[n] = offset;
        entries.positions[n] = position;
        entries.timestamps[n] = timestamp;
        count = n + 1;
    }

    /** The place of a batch in its segment. */
    public record Place(long offset, long position) {}

    /** The place of the batch that holds {@code offset}, or of an earlier one. */
    public Place placeFor(long offset, long baseOffset) {
        int n = count;
        Entries table = entries;
        int found = Arrays.binarySearch(table.offsets, 0, n, offset);
        int at = found >= 0 ? found : -found - 2;
        return at < 0
                ? new Place(baseOffset, 0)
                : new Place(table.offsets[at], table.positions[at]);
    }

    /** An offset at or below the first record with this timestamp or a later one. */
    public long offsetForTime(long timestamp, long baseOffset) {
        int n = count;
        Entries table = entries;
        int low = 0;
        int high = n;
        while (low < high) { // Finds the first entry whose earlier batches contain such a record.
            int middle = (low + high) >>> 1;
            if (table.timestamps[middle] >= timestamp) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low == 0 ? baseOffset : table.offsets[low - 1];
    }

    public boolean isEmpty() {
        return count == 0;
    }

    public int size() {
        return count;
    }

    /** The place in the n-th entry, counted from 0. */
    public Place place(int n) {
        return new Place(entries.offsets[n], entries.positions[n]);
    }

    /** The largest timestamp before that batch, from the n-th entry. */
    public long timestamp(int n) {
        return entries.timestamps[n];
    }

    public ByteBuffer encode() {
        int n = count;
        ByteBuffer out = ByteBuffer.allocate(n * ENTRY_BYTES + TRAILER_BYTES);
        for (int i = 0; i < n; i++) {
            out.putLong(entries.offsets[i])
                    .putInt(entries.positions[i])
                    .putLong(entries.timestamps[i]);
        }
        out.putInt(MAGIC).putInt(n);
        out.putInt(Crc.of(out, 0, out.position()));
        return out.flip();
    }

    /** Decodes an index; empty if the bytes are not a complete one, which must be built again. */
    public static Optional<OffsetIndex> decode(ByteBuffer in) {
        int size = in.limit();
        if (size < TRAILER_BYTES
                || (size - TRAILER_BYTES) % ENTRY_BYTES != 0
                || in.getInt(size - TRAILER_BYTES) != MAGIC
                || in.getInt(size - 8) != (size - TRAILER_BYTES) / ENTRY_BYTES
                || in.getInt(size - 4) != Crc.of(in, 0, size - 4)) {
            return Optional.empty();
        }
        OffsetIndex index = new OffsetIndex();
        for (int at = 0; at < size - TRAILER_BYTES; at += ENTRY_BYTES) {
            if (!index.isNext(in.getLong(at), in.getInt(at + 8), in.getLong(at + 12))) {
                return Optional.empty(); // The CRC matched by chance.
            }
            index.append(in.getLong(at), in.getInt(at + 8), in.getLong(at + 12));
        }
        return Optional.of(index);
    }

    private boolean isNext(long offset, int position, long timestamp) {
        int n = count;
        return n == 0
                ? offset >= 0 && position >= 0
                : offset > entries.offsets[n - 1]
                        && position > entries.positions[n - 1]
                        && timestamp >= entries.timestamps[n - 1];
    }

    /**
     * Prepares a saved index for further batches: drops the entries at and above {@code bytes}, the
     * size of the segment at its checkpoint.
     */
    public void resumeAt(long bytes, long largestTimestamp) {
        int n = count;
        while (n > 0 && entries.positions[n - 1] >= bytes) {
            n--;
        }
        count = n;
        bytesSinceEntry = (int) (bytes - (n == 0 ? 0 : entries.positions[n - 1]));
        maxTimestamp = largestTimestamp;
    }

    /** Position in the last entry; 0 without entries. */
    long lastPosition() {
        int n = count;
        return n == 0 ? 0 : entries.positions[n - 1];
    }

    /** Whether a segment of this size can have this index. */
    boolean endsBefore(long segmentBytes) {
        return isEmpty() || lastPosition() < segmentBytes;
    }

    /**
     * Prepares the index for a scan that begins at the batch of the last entry, or at the first
     * batch.
     */
    Place resumeAtLastEntry(long baseOffset) {
        int n = count;
        bytesSinceEntry = 0;
        maxTimestamp = n == 0 ? -1 : entries.timestamps[n - 1];
        return n == 0 ? new Place(baseOffset, 0) : place(n - 1);
    }

    public static int maxFileBytes(long segmentBytes) {
        return (int) Math.min(
                Integer.MAX_VALUE,
                (segmentBytes / INTERVAL_BYTES + 1) * ENTRY_BYTES + TRAILER_BYTES);
    }
}
