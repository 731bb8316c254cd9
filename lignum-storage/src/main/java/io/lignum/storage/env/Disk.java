package io.lignum.storage.env;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Accesses the file system; the engine uses files through this interface only.
 *
 * <p>The engine assumes: a rename within a directory is atomic; a file or name survives a power
 * failure only after {@link DiskFile#force()} or {@link #forceDirectory(Path)}; bytes that were not
 * forced may be lost in any part and order; forced bytes stay as they are.
 *
 * <p>Safe for use by several threads.
 */
public interface Disk {

    /**
     * Opens a file.
     *
     * @throws java.nio.file.NoSuchFileException for {@link OpenMode#READ} and
     *     {@link OpenMode#UPDATE} when it does not exist
     * @throws java.nio.file.FileAlreadyExistsException for {@link OpenMode#CREATE_NEW} when it does
     * @throws DiskFullException the disk is too full to create it
     */
    DiskFile open(Path path, OpenMode mode) throws IOException;

    boolean exists(Path path) throws IOException;

    boolean isDirectory(Path path) throws IOException;

    /** The names in a directory, sorted; without "." and "..". */
    List<String> list(Path directory) throws IOException;

    void createDirectories(Path directory) throws IOException;

    /** Renames atomically, replacing a file that has the new name. */
    void rename(Path from, Path to) throws IOException;

    /** Deletes a file or an empty directory; does nothing when it does not exist. */
    void delete(Path path) throws IOException;

    /** Makes the names in a directory durable: what was created, renamed or deleted in it. */
    void forceDirectory(Path directory) throws IOException;

    /**
     * When the file was last written to, wall clock, in milliseconds since 1970.
     *
     * @throws java.nio.file.NoSuchFileException it is not there
     */
    long lastModifiedMillis(Path path) throws IOException;

    /** Bytes that can still be written to the file system that holds {@code path}. */
    long usableBytes(Path path) throws IOException;

    /** How this process names itself in a lock file; a simulation returns the same in every run. */
    default String holderName() {
        return "process " + ProcessHandle.current().pid();
    }

    /**
     * Whether the file system has an inode left for a new file in this directory; it may have none
     * although it has {@link #usableBytes}.
     */
    default boolean canCreateFiles(Path directory) throws IOException {
        return true;
    }

    /**
     * Takes an exclusive lock, which ends with the process.
     *
     * @param holder one line that names the holder for people, written into the file
     * @throws DirectoryLock.HeldException when another process, or this one, holds it already
     */
    DirectoryLock lock(Path lockFile, String holder) throws IOException;

    /**
     * The holder of the lock, if there is one. Only reads, and does not lock.
     */
    Optional<String> lockHolder(Path lockFile) throws IOException;
}
