package io.lignum.server.security;

import io.lignum.storage.env.NioDisk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.Set;

/**
 * Writes files that only their owner can read, each whole or not at all. The owner is that of the
 * directory, so that a node can read what root has written for it. One thread; blocks.
 */
public final class OwnerOnlyFiles {

    /** The engine ignores files with this suffix, which a crash may leave. */
    private static final String TEMPORARY = ".tmp";

    private OwnerOnlyFiles() {}

    /** The attributes of a new file that only its owner can read; empty without POSIX. */
    public static FileAttribute<?>[] attributes() {
        boolean posix = FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
        return posix
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rw-------"))
                }
                : new FileAttribute<?>[0];
    }

    /** @throws FileAlreadyExistsException the file exists; it was not changed */
    static void create(Path directory, String name, ByteBuffer content) throws IOException {
        Path file = directory.resolve(name);
        if (Files.exists(file)) {
            throw new FileAlreadyExistsException(file.toString());
        }
        replace(directory, name, content);
    }

    /** Creates or replaces the file. */
    static void replace(Path directory, String name, ByteBuffer content) throws IOException {
        Path temporary = directory.resolve(name + TEMPORARY);
        Files.deleteIfExists(temporary);
        try {
            write(temporary, content);
            giveToOwnerOf(directory, temporary);
            Files.move(temporary, directory.resolve(name), StandardCopyOption.ATOMIC_MOVE);
            new NioDisk().forceDirectory(directory);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    private static void write(Path file, ByteBuffer content) throws IOException {
        try (FileChannel channel = FileChannel.open(
                file,
                Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW),
                attributes())) {
            while (content.hasRemaining()) {
                channel.write(content);
            }
            channel.force(true);
        }
    }

    /**
     * Only root can change an owner; for others it is the right one, or the node cannot read. Does
     * not follow links, which the owner of the directory could put there meanwhile.
     */
    private static void giveToOwnerOf(Path directory, Path file) throws IOException {
        PosixFileAttributeView view = Files.getFileAttributeView(
                file, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
        UserPrincipal owner = Files.getOwner(directory);
        if (view != null && !owner.equals(view.getOwner())) {
            view.setOwner(owner);
        }
    }
}
