package io.lignum.storage;

import io.lignum.storage.env.Disk;
import io.lignum.storage.env.NioDisk;
import io.lignum.storage.env.SmallFile;
import io.lignum.storage.internal.segment.SegmentNames;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Inspects the files of a store that is not open: a data directory, the directory of one topic, or
 * one segment file. Only reads; takes no lock and repairs nothing.
 *
 * <p>A file that is appended to meanwhile looks damaged. So ask {@link #holder()} before and
 * {@link #wasOpenedMeanwhile()} after. While a store is open only its sealed segments can be
 * inspected, since these never change.
 *
 * <p>One thread at a time. I/O errors are {@link StorageException.DiskFailed}.
 */
public final class LogInspector {

    private static final int MAX_HOLDER_BYTES = 64 * 1024;

    private final Disk disk;
    private final Optional<Path> lockFile;
    private final String holderText;
    private final List<TopicInspector> topics = new ArrayList<>();
    private final List<Finding> findings = new ArrayList<>();

    private LogInspector(Disk disk, Path target) throws IOException {
        this.disk = disk;
        if (!disk.exists(target)) {
            throw new NoSuchFileException(target.toString());
        }
        List<String> names = disk.isDirectory(target) ? disk.list(target) : List.of();
        if (!disk.isDirectory(target)) {
            lockFile = lockBeside(parent(target));
            topics.add(TopicInspector.ofFile(disk, target));
        } else if (names.contains(DataDirectory.FORMAT_FILE)) {
            lockFile = Optional.of(target.resolve(DataDirectory.LOCK_FILE));
            openDirectory(target, names);
        } else if (names.stream().anyMatch(LogInspector::isOfTopic)) {
            lockFile = lockBeside(target);
            topics.add(TopicInspector.of(disk, target, findings));
        } else {
            throw new StorageException.ForeignDirectory(target, "no lignum.format and no segments");
        }
        holderText = holderText();
    }

    /**
     * Opens a directory or file for inspection.
     *
     * @throws StorageException.ForeignDirectory it is neither a data directory nor one of a topic
     * @throws StorageException.UnsupportedFormat a later release made the directory
     * @throws StorageException.DiskFailed it does not exist, or cannot be read
     */
    public static LogInspector of(Path target) {
        return of(target, new NioDisk());
    }

    static LogInspector of(Path target, Disk disk) {
        try {
            return new LogInspector(disk, target.toAbsolutePath().normalize());
        } catch (IOException e) {
            throw failed("looking at " + target, e);
        }
    }

    static StorageException failed(String what, IOException cause) {
        return new StorageException.DiskFailed(what, cause, Outcome.NOT_APPLIED);
    }

    private void openDirectory(Path root, List<String> names) throws IOException {
        try {
            DataDirectory.checkVersion(disk, root.resolve(DataDirectory.FORMAT_FILE));
        } catch (StorageException.CorruptLog e) {
            findings.add(
                    corrupt(root.resolve(DataDirectory.FORMAT_FILE), "the format is not named"));
        }
        for (String name : names) {
            if (DataDirectory.isId(name)) {
                topics.add(TopicInspector.of(disk, root.resolve(name), findings));
            }
        }
        Set<String> seen = new TreeSet<>();
        for (TopicInspector topic : topics) {
            if (!seen.add(topic.name())) {
                Path file = topic.path().resolve(TopicMeta.FILE);
                findings.add(corrupt(file, "a second topic of the name " + topic.name()));
            }
        }
    }

    private static Finding corrupt(Path file, String what) {
        return new Finding(Finding.Kind.CORRUPTION, file, 0, what);
    }

    private static boolean isOfTopic(String name) {
        return name.equals(TopicMeta.FILE)
                || SegmentNames.baseOffset(name, SegmentNames.SEALED).isPresent()
                || SegmentNames.baseOffset(name, SegmentNames.ACTIVE).isPresent();
    }

    private static Path parent(Path path) {
        Path parent = path.getParent();
        return parent == null ? path : parent;
    }

    private Optional<Path> lockBeside(Path topic) throws IOException {
        Path root = parent(topic);
        return disk.exists(root.resolve(DataDirectory.FORMAT_FILE))
                ? Optional.of(root.resolve(DataDirectory.LOCK_FILE))
                : Optional.empty();
    }

    /** The store that has the directory open now, in its own words; empty if none has. */
    public Optional<String> holder() {
        try {
            return lockFile.isPresent() ? disk.lockHolder(lockFile.get()) : Optional.empty();
        } catch (IOException e) {
            throw failed("looking at " + lockFile.get(), e);
        }
    }

    /** Whether a store has opened the directory since this inspector was made. */
    public boolean wasOpenedMeanwhile() {
        try {
            return holder().isPresent() || !holderText.equals(holderText());
        } catch (IOException e) {
            throw failed("looking at " + lockFile, e);
        }
    }

    /** The text of the lock file: each store that opens the directory writes its name there. */
    private String holderText() throws IOException {
        if (lockFile.isEmpty() || !disk.exists(lockFile.get())) {
            return "";
        }
        ByteBuffer bytes = SmallFile.read(disk, lockFile.get(), MAX_HOLDER_BYTES);
        return StandardCharsets.UTF_8.decode(bytes).toString();
    }

    /** The topics, ordered by id; one when the target was a topic's directory or a segment. */
    public List<TopicInspector> topics() {
        return List.copyOf(topics);
    }

    /** Problems of the directory as a whole, and of the settings of topics. */
    public List<Finding> findings() {
        return List.copyOf(findings);
    }
}
