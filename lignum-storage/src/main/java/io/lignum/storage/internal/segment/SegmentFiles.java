package io.lignum.storage.internal.segment;

import io.lignum.storage.env.Disk;
import io.lignum.storage.env.SmallFile;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Lists the segment files in a topic's directory. Deletes what earlier processes left: unfinished
 * replacements, and indexes without a segment, which a later segment with that base offset must not
 * find. Used by recovery.
 */
public final class SegmentFiles {

    private final TreeSet<Long> sealed = new TreeSet<>();
    private final TreeSet<Long> all = new TreeSet<>();

    private SegmentFiles() {}

    public static SegmentFiles list(Disk disk, Path directory) throws IOException {
        SegmentFiles files = new SegmentFiles();
        List<String> names = disk.list(directory);
        for (String name : names) {
            if (SmallFile.isTemporary(name)) {
                disk.delete(directory.resolve(name));
            }
            SegmentNames.baseOffset(name, SegmentNames.SEALED).ifPresent(files.sealed::add);
            SegmentNames.baseOffset(name, SegmentNames.ACTIVE).ifPresent(files.all::add);
        }
        files.all.addAll(files.sealed);
        for (String name : names) {
            OptionalLong base = SegmentNames.baseOffset(name, SegmentNames.INDEX);
            if (base.isPresent() && !files.all.contains(base.getAsLong())) {
                disk.delete(directory.resolve(name));
            }
        }
        return files;
    }

    /**
     * Base of the segment to append to: the last one, unless it is sealed, or listed and therefore
     * about to be sealed.
     */
    public OptionalLong active(Set<Long> listed) {
        if (all.isEmpty() || sealed.contains(all.last()) || listed.contains(all.last())) {
            return OptionalLong.empty();
        }
        return OptionalLong.of(all.last());
    }

    /** Bases of the other segments, sealed or about to be. */
    public SortedSet<Long> sealed(Set<Long> listed) {
        OptionalLong active = active(listed);
        return active.isPresent() ? all.headSet(active.getAsLong()) : all;
    }

    /** Names of the segments that begin at or above {@code base}. */
    public List<String> from(long base) {
        return all.tailSet(base, true).stream()
                .map(b -> SegmentNames.of(
                        b, isStillActive(b) ? SegmentNames.ACTIVE : SegmentNames.SEALED))
                .toList();
    }

    /** Base of the next segment. */
    public OptionalLong next(long base) {
        Long next = all.higher(base);
        return next == null ? OptionalLong.empty() : OptionalLong.of(next);
    }

    /** Whether the segment has only the name of an active one. */
    public boolean isStillActive(long base) {
        return !sealed.contains(base);
    }

    /** Deletes the files of a segment, whatever their names. */
    public static void delete(Disk disk, Path directory, long base) throws IOException {
        disk.delete(directory.resolve(SegmentNames.of(base, SegmentNames.INDEX)));
        disk.delete(directory.resolve(SegmentNames.of(base, SegmentNames.ACTIVE)));
        disk.delete(directory.resolve(SegmentNames.of(base, SegmentNames.SEALED)));
    }
}
