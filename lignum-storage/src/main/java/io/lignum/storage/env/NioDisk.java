package io.lignum.storage.env;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousFileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Stream;

/**
 * Accesses the real disk. Its calls run on the calling thread, whose interrupts neither fail them
 * nor close anything: no {@code FileChannel} is used.
 */
public final class NioDisk implements Disk {

    private static final int HOLDER_MAX_BYTES = 512;

    /**
     * Lock files that this process holds, and by whom. Closing any channel of such a file would
     * release the lock for the whole process, so a file that is listed here is not even opened.
     */
    private static final Map<Path, String> HELD = new ConcurrentSkipListMap<>();

    /** Has the suffix of temporary files, which are ignored if a crash leaves one. */
    private static final String PROBE = "space-probe.tmp";

    public NioDisk() {
        DiskErrors.prepare();
    }

    @Override
    public DiskFile open(Path path, OpenMode mode) throws IOException {
        boolean creates = mode == OpenMode.WRITE || mode == OpenMode.CREATE_NEW;
        return Opening.of(path, creates, () -> new NioDiskFile(path, mode));
    }

    @Override
    public boolean exists(Path path) {
        return Files.exists(path);
    }

    @Override
    public boolean isDirectory(Path path) {
        return Files.isDirectory(path);
    }

    @Override
    public List<String> list(Path directory) throws IOException {
        return Opening.of(directory, false, () -> names(directory));
    }

    private static List<String> names(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
        }
    }

    @Override
    public void createDirectories(Path directory) throws IOException {
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw DiskErrors.translate(e);
        }
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        try {
            Files.move(
                    from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw DiskErrors.translate(e);
        }
    }

    @Override
    public void delete(Path path) throws IOException {
        Files.deleteIfExists(path);
    }

    @Override
    public void forceDirectory(Path directory) throws IOException {
        try (AsynchronousFileChannel channel =
                Opening.of(directory, true, () -> open(directory, StandardOpenOption.READ))) {
            channel.force(true);
        }
    }

    /** A channel that an interrupt of its thread does not close; see {@link NioDiskFile}. */
    static AsynchronousFileChannel open(Path path, OpenOption... options) throws IOException {
        return AsynchronousFileChannel.open(path, Set.of(options), CallerRunsExecutor.INSTANCE);
    }

    @Override
    public long lastModifiedMillis(Path path) throws IOException {
        return Files.getLastModifiedTime(path).toMillis();
    }

    @Override
    public long usableBytes(Path path) throws IOException {
        return Opening.of(path, false, () -> Files.getFileStore(path).getUsableSpace());
    }

    /** Creates an empty file and deletes it: Java has no call that counts free inodes. */
    @Override
    public boolean canCreateFiles(Path directory) throws IOException {
        Path probe = directory.resolve(PROBE);
        try {
            open(probe, OpenMode.WRITE).close();
            return true;
        } catch (DiskFullException none) {
            return false;
        } catch (TooManyOpenFilesException unknown) {
            return true;
        } finally {
            Files.deleteIfExists(probe);
        }
    }

    @Override
    public DirectoryLock lock(Path lockFile, String holder) throws IOException {
        Path key = lockFile.resolveSibling(".").toRealPath().resolve(lockFile.getFileName());
        String here = HELD.putIfAbsent(key, holder);
        if (here != null) {
            throw new DirectoryLock.HeldException(here);
        }
        boolean locked = false;
        try {
            AsynchronousFileChannel channel = Opening.of(
                    lockFile,
                    true,
                    () -> open(
                            lockFile,
                            StandardOpenOption.CREATE,
                            StandardOpenOption.READ,
                            StandardOpenOption.WRITE));
            FileLock lock = lockOrClose(channel, holder);
            DirectoryLock held =
                    new NioDirectoryLock(lockFile, lock, channel, () -> HELD.remove(key));
            locked = true;
            return held;
        } finally {
            if (!locked) {
                HELD.remove(key);
            }
        }
    }

    private static FileLock lockOrClose(AsynchronousFileChannel channel, String holder)
            throws IOException {
        try {
            FileLock lock = tryLock(channel, false);
            if (lock == null) {
                throw new DirectoryLock.HeldException(readHolder(channel));
            }
            writeHolder(channel, holder);
            return lock;
        } catch (IOException | RuntimeException | Error e) {
            channel.close();
            throw e;
        }
    }

    /**
     * Writes over the old text, so that an existing file needs no free space; on a full disk the
     * text can be missing.
     */
    private static void writeHolder(AsynchronousFileChannel channel, String holder)
            throws IOException {
        byte[] text = holder.getBytes(StandardCharsets.UTF_8);
        try {
            NioDiskFile.await(channel.write(ByteBuffer.wrap(text), 0));
        } catch (IOException e) {
            if (!DiskErrors.isFull(e)) {
                throw e;
            }
            channel.truncate(0);
            return;
        }
        channel.truncate(text.length);
    }

    @Override
    public Optional<String> lockHolder(Path lockFile) throws IOException {
        if (!Files.exists(lockFile)) {
            return Optional.empty();
        }
        String here = HELD.get(lockFile.toRealPath());
        if (here != null) {
            return Optional.of(here);
        }
        try (AsynchronousFileChannel channel = open(lockFile, StandardOpenOption.READ);
                FileLock lock = tryLock(channel, true)) {
            return lock == null ? Optional.of(readHolder(channel)) : Optional.empty();
        }
    }

    private static @Nullable FileLock tryLock(AsynchronousFileChannel channel, boolean shared)
            throws IOException {
        try {
            return channel.tryLock(0, Long.MAX_VALUE, shared);
        } catch (OverlappingFileLockException e) {
            return null; // This process holds it, through another store.
        }
    }

    private static String readHolder(AsynchronousFileChannel channel) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(HOLDER_MAX_BYTES);
        NioDiskFile.await(channel.read(bytes, 0));
        String text =
                new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8).strip();
        return text.isEmpty() ? "a process that did not say its name" : text;
    }
}
