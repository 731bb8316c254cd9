package io.lignum.storage.internal.segment;

import io.lignum.storage.env.Disk;
import io.lignum.storage.env.DiskFile;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Repairs the end of the active segment after a stop without close.
 *
 * <p>Two things may be wrong there. Batches above the checkpoint may be in the page cache only,
 * marked clean, because the process died after a write or a failed force: {@link #rewrite} writes
 * them again in place and forces them. Bytes behind the last whole batch, other than the zeros
 * written ahead, are an unfinished write: {@link #cutTorn} saves them to a side file and cuts them
 * off.
 *
 * <p>Used by recovery, and by a log's writer if recovery found the disk full. One thread at a time.
 */
public final class TailRepair {

    public static final String DIRECTORY = "aside";

    private static final int CHUNK_BYTES = 256 * 1024;

    private final Disk disk;
    private final DiskFile file;

    public TailRepair(Disk disk, DiskFile file) {
        this.disk = disk;
        this.file = file;
    }

    /**
     * Exclusive end of the bytes from {@code from} on that are not zero; {@code from} if all are.
     */
    public long endOfContent(long from) throws IOException {
        long size = file.size();
        long end = from;
        if (size <= from) {
            return end;
        }
        ByteBuffer chunk = ByteBuffer.allocate((int) Math.min(CHUNK_BYTES, size - from));
        for (long at = from; ; at += chunk.limit()) {
            chunk.clear();
            int n = file.read(chunk, at);
            if (n <= 0) {
                return end;
            }
            chunk.flip();
            for (int i = n - 1; i >= 0; i--) {
                if (chunk.get(i) != 0) {
                    end = at + i + 1;
                    break;
                }
            }
        }
    }

    /**
     * Saves what an unfinished write left at {@code position}, and cuts it off.
     *
     * @throws io.lignum.storage.env.DiskFullException it could not be saved; the file is as before
     */
    public Optional<Path> cutTorn(Segment segment, long position, long contentEnd)
            throws IOException {
        if (contentEnd == position) {
            return Optional.empty();
        }
        Path directory = segment.path().resolveSibling(DIRECTORY);
        SideFiles.bound(disk, directory);
        String name = "torn-" + segment.baseOffset() + "-" + position;
        Path side = SideFiles.save(
                disk, directory, name, new SideFiles.ByteRange(file, position, contentEnd));
        file.truncate(position);
        file.force();
        return Optional.of(side);
    }

    /** Writes bytes {@code [from, to)} again in place, and forces them. */
    public void rewrite(long from, long to) throws IOException {
        SideFiles.copy(new SideFiles.ByteRange(file, from, to), file, from);
        file.force();
    }
}
