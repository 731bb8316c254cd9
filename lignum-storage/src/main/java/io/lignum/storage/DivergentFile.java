package io.lignum.storage;

import io.lignum.storage.env.Disk;
import io.lignum.storage.env.DiskFile;
import io.lignum.storage.env.NioDisk;
import io.lignum.storage.env.OpenMode;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a truncation cut from a topic's log: {@code divergent/<topic id>/<epoch>-<from>-<to>}, with
 * a number behind if the same was cut more than once. It holds record batches as they were. Such a
 * file stays until somebody deletes it; the engine never reads it. Immutable.
 */
public final class DivergentFile {

    private static final Pattern NAME =
            Pattern.compile("(\\d{1,10})-(\\d{1,19})-(\\d{1,19})(?:\\.\\d+)?");

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
     * The files of a data directory, ordered by topic id and name. Takes no lock: the directory may
     * be in use or not.
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
                        listTopic(disk, root.resolve(topic), UUID.fromString(topic), found);
                    }
                }
            }
            return found;
        } catch (IOException e) {
            throw LogInspector.failed("listing " + root, e);
        }
    }

    private static void listTopic(Disk disk, Path directory, UUID topic, List<DivergentFile> found)
            throws IOException {
        for (String name : disk.list(directory)) {
            Matcher matcher = NAME.matcher(name);
            Path path = directory.resolve(name);
            if (matcher.matches() && isInRange(matcher)) {
                OptionalLong size = size(disk, path);
                if (size.isPresent()) {
                    found.add(new DivergentFile(disk, topic, matcher, path, size.getAsLong()));
                }
            }
        }
    }

    /** Empty when somebody deleted it just now. */
    private static OptionalLong size(Disk disk, Path path) throws IOException {
        try (DiskFile file = disk.open(path, OpenMode.READ)) {
            return OptionalLong.of(file.size());
        } catch (NoSuchFileException e) {
            return OptionalLong.empty();
        }
    }

    private static boolean isInRange(Matcher name) {
        try {
            Integer.parseInt(name.group(1));
            return Long.parseLong(name.group(2)) < Long.parseLong(name.group(3));
        } catch (NumberFormatException e) {
            return false; // Nothing that we named.
        }
    }

    /** The topic that the log belonged to; it may be deleted by now. */
    public UUID topicId() {
        return topicId;
    }

    /** Epoch of the log's last batch when it was cut. */
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
     * Reads its batches; to be closed.
     *
     * @throws StorageException.DiskFailed it is gone, or cannot be read
     */
    public DivergentReader open() {
        try {
            return new DivergentReader(this, disk.open(path, OpenMode.READ));
        } catch (IOException e) {
            throw LogInspector.failed("opening " + path, e);
        }
    }

    @Override
    public String toString() {
        return path.toString();
    }
}
