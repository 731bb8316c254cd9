package io.lignum.storage.env;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.channels.AsynchronousFileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;

/**
 * Holds a locked lock file, and the identity (device and inode) that the file had when it was
 * locked.
 */
final class NioDirectoryLock implements DirectoryLock {

    private final Path path;
    private final FileLock lock;
    private final AsynchronousFileChannel channel;
    private final Runnable onClose;
    private final @Nullable Object fileKey;

    NioDirectoryLock(Path path, FileLock lock, AsynchronousFileChannel channel, Runnable onClose)
            throws IOException {
        this.path = path;
        this.lock = lock;
        this.channel = channel;
        this.onClose = onClose;
        fileKey = keyOf(path);
    }

    /** Null on file systems without such keys; then only a missing file is noticed. */
    private static @Nullable Object keyOf(Path path) throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
    }

    @Override
    public boolean isInPlace() throws IOException {
        try {
            return Objects.equals(keyOf(path), fileKey);
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    @Override
    public void close() throws IOException {
        try (channel) {
            lock.release();
        } finally {
            onClose.run();
        }
    }
}
