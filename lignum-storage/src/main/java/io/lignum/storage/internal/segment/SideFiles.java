package io.lignum.storage.internal.segment;

import io.lignum.storage.env.Disk;
import io.lignum.storage.env.DiskFile;
import io.lignum.storage.env.OpenMode;
import io.lignum.storage.env.ShortageException;
import io.lignum.storage.env.SmallFile;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Copies bytes to a side file before they are cut from a log, so that no bytes are lost without a
 * trace (R20). A side file is never overwritten. Used by recovery and by a log's writer.
 */
public final class SideFiles {

    /** Side files in one directory; over the limit, those with the lowest offsets are deleted. */
    public static final int MAX_FILES = 64;

    private static final Pattern NUMBER = Pattern.compile("[0-9]+");
    private static final int COPY_BYTES = 256 * 1024;

    private static final Logger LOG = LoggerFactory.getLogger(SideFiles.class);

    private SideFiles() {}

    /** Chooses a path for a new file; adds a number if the name is taken. Creates the directory. */
    public static Path choose(Disk disk, Path directory, String name) throws IOException {
        disk.createDirectories(directory);
        Path path = directory.resolve(name);
        for (int i = 1; disk.exists(path); i++) {
            path = directory.resolve(name + "." + i);
        }
        return path;
    }

    /**
     * Deletes old side files so that one more fits under the limit. A node that is killed again and
     * again must not fill its disk with them.
     */
    public static void bound(Disk disk, Path directory) throws IOException {
        if (!disk.exists(directory)) {
            return;
        }
        List<String> names = new ArrayList<>(disk.list(directory));
        names.sort(Comparator.comparing(SideFiles::offsets).thenComparing(name -> name));
        for (int i = 0; i <= names.size() - MAX_FILES; i++) {
            Path path = directory.resolve(names.get(i));
            LOG.warn("{} is deleted, because there are {} side files", path, names.size());
            disk.delete(path);
        }
    }

    /** The numbers in a name, padded so that they sort; offsets grow with time. */
    private static String offsets(String name) {
        StringBuilder sorted = new StringBuilder();
        Matcher numbers = NUMBER.matcher(name);
        while (numbers.find()) {
            String number = numbers.group();
            sorted.append("0".repeat(Math.max(0, 20 - number.length()))).append(number);
        }
        return sorted.toString();
    }

    /** Bytes {@code [from, to)} of a file. */
    public record ByteRange(DiskFile file, long from, long to) {

        long size() {
            return to - from;
        }
    }

    /** Copies bytes of one file into another, or within one, from {@code at} on. */
    public static void copy(ByteRange source, DiskFile target, long at) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate((int) Math.min(COPY_BYTES, source.size()));
        for (long done = 0; done < source.size(); done += buffer.limit()) {
            buffer.clear().limit((int) Math.min(buffer.capacity(), source.size() - done));
            SmallFile.readFully(source.file(), buffer, source.from() + done);
            target.write(buffer.flip(), at + done);
        }
    }

    /**
     * Copies bytes of a file to a side file, durable when this returns. If an
     * existing file of that name holds the same bytes, or a prefix of them, an earlier attempt left
     * it, and this call completes it. Otherwise a new file is written.
     *
     * @throws ShortageException a new file was removed again
     */
    public static Path save(Disk disk, Path directory, String name, ByteRange source)
            throws IOException {
        Path earlier = directory.resolve(name);
        boolean resumes = disk.exists(earlier) && isPrefix(disk, earlier, source);
        Path path = resumes ? earlier : choose(disk, directory, name);
        OpenMode mode = resumes ? OpenMode.UPDATE : OpenMode.CREATE_NEW;
        try (DiskFile side = disk.open(path, mode)) {
            copy(source, side, 0);
            side.force();
        } catch (ShortageException e) {
            if (!resumes) {
                // The attempt is repeated later, and each left-over would take space.
                disk.delete(path);
            }
            throw e;
        }
        forceBoth(disk, directory);
        return path;
    }

    /** Whether the side file holds a prefix of the source. */
    private static boolean isPrefix(Disk disk, Path path, ByteRange source) throws IOException {
        try (DiskFile side = disk.open(path, OpenMode.READ)) {
            long size = side.size();
            if (size > source.size()) {
                return false;
            }
            int chunk = (int) Math.min(COPY_BYTES, size);
            ByteBuffer saved = ByteBuffer.allocate(chunk);
            ByteBuffer original = ByteBuffer.allocate(chunk);
            for (long at = 0; at < size; at += saved.limit()) {
                int n = (int) Math.min(chunk, size - at);
                SmallFile.readFully(side, saved.clear().limit(n), at);
                SmallFile.readFully(source.file(), original.clear().limit(n), source.from() + at);
                if (!saved.flip().equals(original.flip())) {
                    return false;
                }
            }
            return true;
        }
    }

    /** Forces the directory and its parent, since the directory may be new. */
    public static void forceBoth(Disk disk, Path directory) throws IOException {
        disk.forceDirectory(directory);
        Path parent = directory.getParent();
        if (parent != null) {
            disk.forceDirectory(parent);
        }
    }

    /** Moves segments of a topic behind an unfinished write to side files, durably. */
    public static void moveAside(Disk disk, Path topic, List<String> segments, String prefix)
            throws IOException {
        Path aside = topic.resolve(TailRepair.DIRECTORY);
        bound(disk, aside);
        for (String name : segments) {
            Path target = choose(disk, aside, prefix + name);
            disk.rename(topic.resolve(name), target);
            LOG.warn("{}: {} stands behind an unfinished write, moved to {}", topic, name, target);
        }
        if (!segments.isEmpty()) {
            forceBoth(disk, aside);
        }
    }
}
