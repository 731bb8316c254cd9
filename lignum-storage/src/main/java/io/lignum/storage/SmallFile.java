package io.lignum.storage;

import io.lignum.storage.env.Disk;
import io.lignum.storage.env.DiskFile;
import io.lignum.storage.env.OpenMode;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/** Reads and replaces files that fit in memory. */
final class SmallFile {

    private static final String TEMPORARY = ".tmp";

    private SmallFile() {}

    /** The whole file. {@code maxBytes} bounds what a damaged length can make us allocate. */
    static ByteBuffer read(Disk disk, Path path, int maxBytes) throws IOException {
        try (DiskFile file = disk.open(path, OpenMode.READ)) {
            long size = file.size();
            if (size > maxBytes) {
                throw new IOException(
                        path + " has " + size + " bytes, expected at most " + maxBytes);
            }
            ByteBuffer bytes = ByteBuffer.allocate((int) size);
            readFully(file, bytes, 0);
            return bytes.flip();
        }
    }

    /**
     * Replaces the file so that after a crash either the old or the new content is there. The new name
     * is durable once the caller has forced the directory.
     */
    static void replace(Disk disk, Path path, ByteBuffer content, boolean force)
            throws IOException {
        Path temporary = path.resolveSibling(path.getFileName() + TEMPORARY);
        disk.delete(temporary);
        try (DiskFile file = disk.open(temporary, OpenMode.CREATE_NEW)) {
            file.write(content, 0);
            if (force) {
                file.force();
            }
        }
        disk.rename(temporary, path);
    }

    static boolean isTemporary(String name) {
        return name.endsWith(TEMPORARY);
    }

    static void readFully(DiskFile file, ByteBuffer target, long position) throws IOException {
        long at = position;
        while (target.hasRemaining()) {
            int n = file.read(target, at);
            if (n < 0) {
                throw new EOFException("file ends at byte " + at);
            }
            at += n;
        }
    }
}
