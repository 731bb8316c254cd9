package io.lignum.storage.internal.segment;

import io.lignum.record.IoErrors;
import io.lignum.storage.env.Disk;
import io.lignum.storage.env.DiskFile;
import io.lignum.storage.env.OpenMode;
import io.lignum.storage.env.ShortageException;
import io.lignum.storage.env.SmallFile;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Lists a topic's sealed segments and what they held when they were sealed. So opening the log need
 * not read them, and a scrub can check that they are unchanged. Entries are appended; the last
 * entry for a base offset counts. The file is written again when most entries are of deleted
 * segments.
 *
 * <pre>
 * header, 8 bytes: i32 magic, i32 version = 1; then entries of 48 bytes, big-endian
 *   0 i64 base offset    8 i64 end offset (exclusive)    16 i64 size in bytes
 *  24 i64 largest timestamp    32 i32 checksum (see SegmentSummary)    36 i32 last epoch
 *  40 i32 zero    44 i32 CRC-32C of bytes 0..43
 * </pre>
 *
 * <p>Used by recovery and by the log's writer, one thread at a time.
 */
public final class SegmentManifest {

    public record Entry(long baseOffset, SegmentSummary summary) {}

    public static final String NAME = "segments";

    private static final Logger LOG = LoggerFactory.getLogger(SegmentManifest.class);

    private static final int MAGIC = 0x4c47534d; // "LGSM"
    private static final int VERSION = 1;
    private static final int HEADER_BYTES = 8;
    private static final int ENTRY_BYTES = 48;
    private static final int CRC_AT = 44;
    private static final int MAX_BYTES = 512 << 20;
    private static final int WORTH_COMPACTING = 1024;

    private final Disk disk;
    private final Path directory;
    private final Path path;
    private final TreeMap<Long, Entry> entries = new TreeMap<>();
    private long position;
    private int written;
    /** Whether the file's name is not durable yet. */
    private boolean nameDue;

    private SegmentManifest(Disk disk, Path directory) {
        this.disk = disk;
        this.directory = directory;
        path = directory.resolve(NAME);
    }

    /** Loads the entries; ignores a torn last one. */
    public static SegmentManifest load(Disk disk, Path directory) throws IOException {
        SegmentManifest manifest = new SegmentManifest(disk, directory);
        if (disk.exists(manifest.path)) {
            manifest.decode(SmallFile.read(disk, manifest.path, MAX_BYTES));
        }
        return manifest;
    }

    private void decode(ByteBuffer in) throws UnsupportedVersionException {
        if (in.limit() < HEADER_BYTES || in.getInt(0) != MAGIC || in.getInt(4) < 1) {
            return; // Never finished, or damaged: recovery reads the segments instead.
        }
        if (in.getInt(4) > VERSION) {
            throw new UnsupportedVersionException(path, in.getInt(4), VERSION);
        }
        int at = HEADER_BYTES;
        for (Optional<Entry> entry = entry(in, at); entry.isPresent(); entry = entry(in, at)) {
            entries.put(entry.get().baseOffset, entry.get());
            at += ENTRY_BYTES;
            written++;
        }
        position = at;
    }

    /** Decodes an entry; empty at the end, and for bytes that are no entry. */
    private static Optional<Entry> entry(ByteBuffer in, int at) {
        if (at + ENTRY_BYTES > in.limit()
                || Crc.of(in, at, at + CRC_AT) != in.getInt(at + CRC_AT)) {
            return Optional.empty();
        }
        SegmentSummary summary = new SegmentSummary(
                in.getLong(at + 8),
                in.getLong(at + 16),
                in.getLong(at + 24),
                in.getInt(at + 32),
                in.getInt(at + 36));
        try {
            summary.checkAbove(in.getLong(at));
            return Optional.of(new Entry(in.getLong(at), summary));
        } catch (IllegalArgumentException e) {
            return Optional.empty(); // The CRC matched by chance.
        }
    }

    /**
     * Adds an entry and forces it, and with the first entry the file's name, since the checkpoint
     * that follows relies on it.
     */
    public void add(Entry entry) throws IOException {
        nameDue |= !disk.exists(path);
        entries.put(entry.baseOffset, entry);
        try (DiskFile file = disk.open(path, OpenMode.WRITE)) {
            ByteBuffer out = ByteBuffer.allocate(HEADER_BYTES + ENTRY_BYTES);
            if (position == 0) {
                out.putInt(MAGIC).putInt(VERSION);
            }
            encode(entry, out);
            int bytes = out.position();
            file.write(out.flip(), position);
            file.force();
            position += bytes;
            written++;
        }
        forceName();
    }

    /** Forces the name, also if an earlier attempt failed for a shortage. */
    private void forceName() throws IOException {
        if (nameDue) {
            disk.forceDirectory(directory);
            nameDue = false;
        }
    }

    /** Bytes that were decoded; a torn entry or damage follows them. */
    public long understoodBytes() {
        return position;
    }

    /** Bytes that the next entry writes; the first one also writes the file's header. */
    public int nextWriteBytes() {
        return position == 0 ? HEADER_BYTES + ENTRY_BYTES : ENTRY_BYTES;
    }

    public Optional<Entry> find(long baseOffset) {
        return Optional.ofNullable(entries.get(baseOffset));
    }

    /** Where the last listed segment ends; 0 without entries. */
    public long endOffset() {
        return entries.isEmpty() ? 0 : entries.lastEntry().getValue().summary().endOffset();
    }

    /** Base offsets of the listed segments. */
    public Set<Long> bases() {
        return entries.keySet();
    }

    /** Removes the entries of segments that were deleted from the front. */
    public void forgetBelow(long baseOffset) throws IOException {
        entries.headMap(baseOffset).clear();
        if (written > WORTH_COMPACTING + 2 * entries.size()) {
            rewriteIfSpace();
        }
    }

    /** Entries of deleted segments do no harm. */
    private void rewriteIfSpace() throws IOException {
        try {
            rewrite(entries);
            forceName();
        } catch (ShortageException e) {
            LOG.debug("{} is made smaller later: {}", path, IoErrors.describe(e));
        }
    }

    /**
     * Removes, durably, the entries of segments that are no longer sealed: their base offsets may
     * be used again.
     */
    public void forgetFrom(long baseOffset) throws IOException {
        if (!entries.tailMap(baseOffset).isEmpty()) {
            rewrite(entries.headMap(baseOffset));
            entries.tailMap(baseOffset).clear();
        }
        forceName();
    }

    /** The next entry goes to the new file, so that file must have the name by then. */
    private void rewrite(SortedMap<Long, Entry> kept) throws IOException {
        ByteBuffer out = ByteBuffer.allocate(HEADER_BYTES + kept.size() * ENTRY_BYTES);
        out.putInt(MAGIC).putInt(VERSION);
        kept.values().forEach(entry -> encode(entry, out));
        SmallFile.replace(disk, path, out.flip(), true);
        nameDue = true;
        position = out.limit();
        written = kept.size();
    }

    private static void encode(Entry entry, ByteBuffer out) {
        int at = out.position();
        SegmentSummary summary = entry.summary;
        out.putLong(entry.baseOffset).putLong(summary.endOffset()).putLong(summary.sizeInBytes());
        out.putLong(summary.maxTimestamp())
                .putInt(summary.checksum())
                .putInt(summary.lastEpoch())
                .putInt(0);
        out.putInt(Crc.of(out, at, at + CRC_AT));
    }
}
