package io.lignum.storage;

import io.lignum.record.IoErrors;
import io.lignum.record.Utf8;
import io.lignum.storage.env.DirectoryLock;
import io.lignum.storage.env.Disk;
import io.lignum.storage.env.DiskFile;
import io.lignum.storage.env.OpenMode;
import io.lignum.storage.env.ShortageException;
import io.lignum.storage.env.SmallFile;
import io.lignum.storage.internal.segment.SegmentNames;
import io.lignum.storage.internal.segment.SideFiles;
import io.lignum.storage.internal.segment.UncertainChangeException;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * Holds the directory of a store: a file that names the format, a lock, one directory for each
 * topic, named by its id, {@code divergent} for what truncations cut, and {@code trash} for deleted
 * topics.
 *
 * <p>Opened by {@link LogStore}; changes are made by one thread at a time.
 */
final class DataDirectory {

    private static final Logger LOG = LoggerFactory.getLogger(DataDirectory.class);

    static final String FORMAT_FILE = "lignum.format";
    static final String LOCK_FILE = "lignum.lock";
    private static final String TRASH = "trash";
    private static final String QUARANTINED = "quarantined-";
    private static final String LOST_AND_FOUND = "lost+found";

    /** A node's own file that may be there before its first start; see lignum security init. */
    private static final String FIRST_LOGIN = "security.bootstrap";

    private static final String FORMAT = "lignum-data ";
    private static final int VERSION = 1;
    private static final int MAX_FORMAT_BYTES = 1024;
    private static final int UUID_LENGTH = 36;

    private final Disk disk;
    private final Path root;
    private final DirectoryLock lock;
    private final Trash trash;

    private DataDirectory(Disk disk, Path root, DirectoryLock lock) {
        this.disk = disk;
        this.root = root;
        this.lock = lock;
        trash = new Trash(disk, root.resolve(TRASH));
    }

    /** Locks the directory and checks that it is Lignum's; an empty directory is initialised. */
    static DataDirectory open(Disk disk, Path root) throws IOException {
        createDurably(disk, root.toAbsolutePath());
        boolean ours = disk.exists(root.resolve(FORMAT_FILE));
        if (!ours) {
            refuseForeign(disk, root);
        }
        DirectoryLock lock;
        try {
            lock = disk.lock(root.resolve(LOCK_FILE), disk.holderName());
        } catch (DirectoryLock.HeldException e) {
            throw new StorageException.DirectoryLocked(root, e.holder());
        }
        boolean opened = false;
        try {
            if (ours) {
                checkVersion(disk, root.resolve(FORMAT_FILE));
            } else {
                ByteBuffer text = ByteBuffer.wrap(Utf8.encode(FORMAT + VERSION + "\n"));
                SmallFile.replace(disk, root.resolve(FORMAT_FILE), text, true);
                disk.forceDirectory(root);
            }
            // Created now, since a deletion must not need free space.
            disk.createDirectories(root.resolve(TRASH));
            DataDirectory directory = new DataDirectory(disk, root, lock);
            opened = true;
            return directory;
        } finally {
            if (!opened) {
                lock.close();
            }
        }
    }

    /** Creates the directory and its parents; forces each directory that got a new child. */
    private static void createDurably(Disk disk, Path root) throws IOException {
        List<Path> parents = new ArrayList<>();
        for (Path path = root; path != null && !disk.exists(path); path = path.getParent()) {
            if (path.getParent() != null) {
                parents.add(path.getParent());
            }
        }
        disk.createDirectories(root);
        for (Path parent : parents) {
            disk.forceDirectory(parent);
        }
    }

    private static void refuseForeign(Disk disk, Path root) throws IOException {
        for (String name : disk.list(root)) {
            if (!name.equals(LOCK_FILE)
                    && !name.equals(LOST_AND_FOUND)
                    && !name.equals(FIRST_LOGIN)
                    && !SmallFile.isTemporary(name)) {
                throw new StorageException.ForeignDirectory(root, "'" + name + "'");
            }
        }
    }

    static void checkVersion(Disk disk, Path file) throws IOException {
        ByteBuffer bytes = SmallFile.read(disk, file, MAX_FORMAT_BYTES);
        String text = StandardCharsets.UTF_8.decode(bytes).toString().strip();
        try {
            int version = Integer.parseInt(
                    text.startsWith(FORMAT) ? text.substring(FORMAT.length()) : "");
            if (version > VERSION) {
                throw new StorageException.UnsupportedFormat(file, version, VERSION);
            }
        } catch (NumberFormatException e) {
            throw new StorageException.CorruptLog(file, 0, "the format is not named");
        }
    }

    /** Directories that hold a topic, ordered by id. */
    List<Path> topics() throws IOException {
        List<Path> found = new ArrayList<>();
        for (String name : disk.list(root)) {
            Path directory = root.resolve(name);
            if (isId(name)) {
                if (disk.exists(directory.resolve(TopicMeta.FILE))) {
                    found.add(directory);
                } else if (holdsRecords(directory)) {
                    throw new StorageException.CorruptLog(
                            directory.resolve(TopicMeta.FILE), 0, "a topic's settings are missing");
                } else {
                    moveToTrash(directory); // Its creation never finished, so nothing was appended.
                }
            }
        }
        return found;
    }

    /**
     * After a power failure an empty segment may exist without the settings; it holds no records.
     */
    private boolean holdsRecords(Path directory) throws IOException {
        for (String name : disk.list(directory)) {
            if (name.endsWith(SegmentNames.ACTIVE) || name.endsWith(SegmentNames.SEALED)) {
                try (DiskFile file = disk.open(directory.resolve(name), OpenMode.READ)) {
                    if (file.size() > 0) {
                        return true;
                    }
                }
            }
        }
        return false;
    }

    /** Whether a topic with this id exists. A topic whose creation failed does not. */
    boolean holds(UUID topic) {
        try {
            return disk.exists(root.resolve(topic.toString()).resolve(TopicMeta.FILE));
        } catch (IOException e) {
            throw new StorageException.DiskFailed(
                    "looking for topic " + topic, e, Outcome.NOT_APPLIED);
        }
    }

    static boolean isId(String name) {
        if (name.length() != UUID_LENGTH) {
            return false;
        }
        try {
            return UUID.fromString(name).toString().equals(name);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** Creates the directory of a new topic; durable once the directory and the root are forced. */
    Path create(TopicMeta meta) throws IOException {
        Path directory = root.resolve(meta.id().toString());
        disk.createDirectories(directory);
        meta.write(disk, directory);
        return directory;
    }

    /**
     * Removes a topic that could not be created. A directory without settings is no topic, so it is
     * enough to delete the settings, which needs no free space. The rest goes to the trash, now or
     * when the store is opened.
     */
    void abandon(Path directory) throws IOException {
        disk.delete(directory.resolve(TopicMeta.FILE));
        try {
            disk.forceDirectory(directory);
        } catch (ShortageException e) {
            throw new UncertainChangeException("a topic was not removed for good", e);
        }
        try {
            moveToTrash(directory);
        } catch (ShortageException e) {
            LOG.warn("{} is not moved to the trash now: {}", directory, IoErrors.describe(e));
        }
    }

    Path root() {
        return root;
    }

    void forceRoot() throws IOException {
        disk.forceDirectory(root);
    }

    /**
     * Moves a topic's directory to the trash; durable when this returns. Can be called again after
     * it threw, since the directory may have been moved and not forced.
     */
    void moveToTrash(Path directory) throws IOException {
        Path trash = root.resolve(TRASH);
        if (disk.exists(directory)) {
            renameInto(trash, directory);
        }
        disk.forceDirectory(trash);
        disk.forceDirectory(root);
    }

    /**
     * Checks that {@link #moveToTrash} can have a file handle now.
     *
     * @throws ShortageException no handle became free within about a second
     */
    void checkTrash() throws IOException {
        disk.forceDirectory(root.resolve(TRASH));
    }

    private void renameInto(Path trash, Path directory) throws IOException {
        Path target = trash.resolve(String.valueOf(directory.getFileName()));
        // An earlier attempt to create the same topic left a directory.
        for (int n = 2; disk.exists(target); n++) {
            target = trash.resolve(directory.getFileName() + "-" + n);
        }
        disk.rename(directory, target);
    }

    /**
     * Moves a topic's directory to {@code divergent}, for an operator to inspect; durable when this
     * returns. If it throws, it can be called again: the directory may have been moved and not
     * forced.
     */
    void moveToQuarantine(Path directory, UUID topic) throws IOException {
        Path side = divergent(topic);
        disk.createDirectories(side);
        if (disk.exists(directory)) {
            Path target = side.resolve(QUARANTINED + 1);
            for (int n = 2; disk.exists(target); n++) {
                target = side.resolve(QUARANTINED + n);
            }
            disk.rename(directory, target);
        }
        SideFiles.forceBoth(disk, side);
        disk.forceDirectory(root);
    }

    Trash trash() {
        return trash;
    }

    /**
     * False once the directory was moved or deleted while open; see
     * {@link DirectoryLock#isInPlace}.
     */
    boolean isInPlace() throws IOException {
        return lock.isInPlace();
    }

    Path divergent(UUID topic) {
        return root.resolve(Truncation.DIRECTORY).resolve(topic.toString());
    }

    void close() throws IOException {
        lock.close();
    }
}
