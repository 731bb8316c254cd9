package io.lignum.storage;

import io.lignum.storage.env.Disk;
import io.lignum.storage.env.DiskFile;
import io.lignum.storage.env.NioDisk;
import io.lignum.storage.env.OpenMode;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A file of records that a truncation cut from a topic's log:
 * {@code divergent/<topic id>/<epoch>-<from>-<to>}, with a number added if the same range was cut
 * more than once. It holds record batches as they were in the log. The engine never reads such a
 * file; it stays until an operator deletes it.
 *
 * <p>Immutable. Any thread; {@link #list} and {@link #open} read the disk.
 */
public final class DivergentFile {

    private static final Pattern NAME =
            Pattern.compile("(\\d{1,10})-(\\d{1,19})-(\\d{1,19})(?:\\.\\d{1,10})?");

    private static final Comparator<DivergentFile> BY_TOPIC_AND_OFFSET = Comparator.comparing(
                    (DivergentFile file) -> file.topicId().toString())
            .thenComparingLong(DivergentFile::from)
            .thenComparing(DivergentFile::name);

    private final Disk disk;
    private final UUID topicId;
    private final int epoch;
    private final long from;
    private final long to;
    private final Path path;
    private final long bytes;

    private DivergentFile(Disk disk, UUID topicId, Matcher name, Path path, long bytes) {
        this.disk = disk;
        this.topicId = topicId;
        this.path = path;
        this.bytes = bytes;
        epoch = Integer.parseInt(name.group(1));
        from = Long.parseLong(name.group(2));
        to = Long.parseLong(name.group(3));
    }

    /**
     * Lists the files of a data directory, by topic id and then by offset. Takes no lock: a store
     * may have the directory open.
     *
     * @throws StorageException.DiskFailed they cannot be listed
     */
    public static List<DivergentFile> list(Path dataDirectory) {
        return list(dataDirectory, new NioDisk());
    }

    static List<DivergentFile> list(Path dataDirectory, Disk disk) {
        Path root = dataDirectory.resolve(Truncation.DIRECTORY);
        List<DivergentFile> found = new ArrayList<>();
        try {
            if (disk.exists(root)) {
                for (String topic : disk.list(root)) {
                    if (DataDirectory.isId(topic)) {
                        for (String name : disk.list(root.resolve(topic))) {
                            of(disk, root, topic, name).ifPresent(found::add);
                        }
                    }
                }
            }
        } catch (IOException e) {
            throw StoreFailure.of("listing " + root, e);
        }
        found.sort(BY_TOPIC_AND_OFFSET);
        return found;
    }

    /** The file of that {@link #name}, without listing any directory. */
    static Optional<DivergentFile> find(Path dataDirectory, Disk disk, String name) {
        Path root = dataDirectory.resolve(Truncation.DIRECTORY);
        int slash = name.indexOf('/');
        if (slash < 0 || !DataDirectory.isId(name.substring(0, slash))) {
            return Optional.empty();
        }
        try {
            return of(disk, root, name.substring(0, slash), name.substring(slash + 1));
        } catch (IOException e) {
            throw StoreFailure.of("looking for " + root.resolve(name), e);
        }
    }

    /** Empty for a name that the engine does not give, and for a file that was deleted just now. */
    private static Optional<DivergentFile> of(Disk disk, Path root, String topic, String name)
            throws IOException {
        Matcher matcher = NAME.matcher(name);
        if (!matcher.matches() || !isInRange(matcher)) {
            return Optional.empty();
        }
        Path path = root.resolve(topic).resolve(name);
        try (DiskFile file = disk.open(path, OpenMode.READ)) {
            return Optional.of(
                    new DivergentFile(disk, UUID.fromString(topic), matcher, path, file.size()));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    private static boolean isInRange(Matcher name) {
        try {
            Integer.parseInt(name.group(1));
            return Long.parseLong(name.group(2)) < Long.parseLong(name.group(3));
        } catch (NumberFormatException e) {
            return false;
        }
    }

    /** The name by which {@link LogStore#findDivergent} finds it: topic id, slash, file name. */
    public String name() {
        return topicId + "/" + path.getFileName();
    }

    /** Id of the topic that the records were cut from; that topic may be deleted by now. */
    public UUID topicId() {
        return topicId;
    }

    /** Epoch of the log's last batch before the truncation. */
    public int epoch() {
        return epoch;
    }

    /** First offset that was cut, inclusive. */
    public long from() {
        return from;
    }

    /** Where the log ended before, exclusive. */
    public long to() {
        return to;
    }

    public Path path() {
        return path;
    }

    public long bytes() {
        return bytes;
    }

    /**
     * Opens the file to read its batches; the caller closes the reader.
     *
     * @throws StorageException.DiskFailed the file is not there any more, or cannot be read
     * @throws StorageException.Overloaded no file handle is free
     */
    public DivergentReader open() {
        try {
            return new DivergentReader(this, disk.open(path, OpenMode.READ));
        } catch (IOException e) {
            throw StoreFailure.of("opening " + path, e);
        }
    }

    @Override
    public String toString() {
        return path.toString();
    }
}
