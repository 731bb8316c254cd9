package io.lignum.storage;

import io.lignum.storage.env.Disk;
import io.lignum.storage.env.DiskFile;
import io.lignum.storage.env.OpenMode;
import io.lignum.storage.env.SmallFile;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * Bytes that are about to be cut from a log are copied aside first, so that nothing is ever lost without
 * a trace. A side file is never overwritten.
 */
final class SideFiles {

    private static final int COPY_BYTES = 256 * 1024;

    private SideFiles() {}

    /** Opens a new file of that name in the directory, with a number added if the name is taken. */
    static Path choose(Disk disk, Path directory, String name) throws IOException {
        disk.createDirectories(directory);
        Path path = directory.resolve(name);
        for (int i = 1; disk.exists(path); i++) {
            path = directory.resolve(name + "." + i);
        }
        return path;
    }

    /** Appends bytes {@code [from, to)} of {@code source} to {@code target} at {@code at}. */
    static void copy(DiskFile source, long from, long to, DiskFile target, long at)
            throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate((int) Math.min(COPY_BYTES, to - from));
        for (long position = from; position < to; position += buffer.limit()) {
            buffer.clear().limit((int) Math.min(buffer.capacity(), to - position));
            SmallFile.readFully(source, buffer, position);
            target.write(buffer.flip(), at + position - from);
        }
    }

    /** Copies bytes {@code [from, to)} of a file to a new side file, durable when this returns. */
    static Path save(Disk disk, Path directory, String name, DiskFile source, long from, long to)
            throws IOException {
        Path path = choose(disk, directory, name);
        try (DiskFile side = disk.open(path, OpenMode.CREATE_NEW)) {
            copy(source, from, to, side, 0);
            side.force();
        }
        forceBoth(disk, directory);
        return path;
    }

    /** The directory of side files may be new itself. */
    static void forceBoth(Disk disk, Path directory) throws IOException {
        disk.forceDirectory(directory);
        Path parent = directory.getParent();
        if (parent != null) {
            disk.forceDirectory(parent);
        }
    }
}
