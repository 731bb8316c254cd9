package io.lignum.storage.env;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Reads and replaces files that fit in memory. A replacement is written to a temporary file first,
 * whose name ends in {@code .tmp}. A crash can leave such a file; the next replacement deletes it
 * or, where several threads replace a file, the next opening.
 *
 * <p>One thread at a time for each file, unless each replacement has its own number.
 */
public final class SmallFile {

    private static final String TEMPORARY = ".tmp";

    private SmallFile() {}

    /**
     * Reads the whole file. {@code maxBytes} limits the memory that a damaged length can ask for.
     *
     * @throws java.nio.file.NoSuchFileException it does not exist
     * @throws IOException it is larger, or cannot be read
     */
    public static ByteBuffer read(Disk disk, Path path, int maxBytes) throws IOException {
        try (DiskFile file = disk.open(path, OpenMode.READ)) {
            if (file.size() > maxBytes) {
                throw new IOException(
                        path + " has " + file.size() + " bytes, expected at most " + maxBytes);
            }
            return whole(file);
        }
    }

    /** Reads an optional file; empty if it is larger than {@code maxBytes}. */
    public static Optional<ByteBuffer> readUpTo(Disk disk, Path path, int maxBytes)
            throws IOException {
        try (DiskFile file = disk.open(path, OpenMode.READ)) {
            return file.size() > maxBytes ? Optional.empty() : Optional.of(whole(file));
        }
    }

    private static ByteBuffer whole(DiskFile file) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate((int) file.size());
        readFully(file, bytes, 0);
        return bytes.flip();
    }

    /**
     * Replaces the file so that after a crash either the old or the new content is there. The new
     * name is durable once the caller has forced the directory.
     *
     * @param force force the content; without, a crash may leave the new name with any content
     */
    public static void replace(Disk disk, Path path, ByteBuffer content, boolean force)
            throws IOException {
        Path temporary = path.resolveSibling(path.getFileName() + TEMPORARY);
        disk.delete(temporary);
        write(disk, temporary, content, force);
        disk.rename(temporary, path);
    }

    /**
     * Replaces an optional file, unforced. Several threads may do so at a time, each with its own
     * number; a failed attempt leaves nothing.
     */
    public static void replace(Disk disk, Path path, long number, ByteBuffer content)
            throws IOException {
        Path temporary = path.resolveSibling(path.getFileName() + "." + number + TEMPORARY);
        try {
            disk.delete(temporary); // An earlier process may have left it.
            write(disk, temporary, content, false);
            disk.rename(temporary, path);
        } catch (IOException e) {
            deleteAfter(e, disk, temporary);
            throw e;
        }
    }

    private static void write(Disk disk, Path temporary, ByteBuffer content, boolean force)
            throws IOException {
        try (DiskFile file = disk.open(temporary, OpenMode.CREATE_NEW)) {
            file.write(content, 0);
            if (force) {
                file.force();
            }
        }
    }

    private static void deleteAfter(IOException failure, Disk disk, Path temporary) {
        try {
            disk.delete(temporary);
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }

    /**
     * Replaces the file, durably when this returns. A crash before leaves the old or the new
     * content, and never a mixture.
     *
     * @throws DiskFullException the disk is full; the old content is there
     */
    public static void replaceDurably(Disk disk, Path path, ByteBuffer content) throws IOException {
        Path directory = path.getParent();
        if (directory == null) {
            throw new IllegalArgumentException("path is " + path + ", which names no directory");
        }
        replace(disk, path, content, true);
        disk.forceDirectory(directory);
    }

    /** Whether this is the name of a replacement that was never finished. */
    public static boolean isTemporary(String name) {
        return name.endsWith(TEMPORARY);
    }

    /**
     * Fills the target with bytes from {@code position} on.
     *
     * @throws EOFException the file ends before
     */
    public static void readFully(DiskFile file, ByteBuffer target, long position)
            throws IOException {
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
