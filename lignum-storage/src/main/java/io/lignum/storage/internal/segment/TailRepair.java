package io.lignum.storage.internal.segment;

import io.lignum.storage.env.Disk;
import io.lignum.storage.env.DiskFile;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Puts the end of the active segment in order after a stop without close.
 *
 * <p>What was kept above the checkpoint is written again over itself and forced: the process may
 * have died after a write, or after a failed force, and then the bytes are in the page cache,
 * marked clean, and not on the disk. What lies behind the last whole batch, if it is anything but
 * the zeros written ahead, is an unfinished write: saved aside and cut.
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

    /** End of the bytes in {@code [from, size)} that are not zero; {@code from} if all are. */
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
     * Saves and cuts what an unfinished write left at {@code position}.
     *
     * @throws io.lignum.storage.env.DiskFullException no room to save it; the file is as it was
     */
    public Optional<Path> cutTorn(Segment segment, long position, long contentEnd)
            throws IOException {
        if (contentEnd == position) {
            return Optional.empty();
        }
        Path directory = segment.path().resolveSibling(DIRECTORY);
        SideFiles.bound(disk, directory);
        String name = "torn-" + segment.baseOffset() + "-" + position;
        Path side = SideFiles.save(disk, directory, name, file, position, contentEnd);
        file.truncate(position);
        file.force();
        return Optional.of(side);
    }

    /** Writes bytes {@code [from, to)} again where they are and forces them. */
    public void rewrite(long from, long to) throws IOException {
        SideFiles.copy(file, from, to, file, from);
        file.force();
    }
}
