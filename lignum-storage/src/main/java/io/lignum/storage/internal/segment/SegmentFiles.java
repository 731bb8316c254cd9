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
 * The segment files found in a topic's directory. Leftovers are removed: of files that were being
 * replaced, and indexes without a segment, which a later segment of that base offset must not find.
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
     * Base of the segment to append to: the last one, unless it is sealed, or the manifest lists
     * it, so that it was about to be.
     */
    public OptionalLong active(Set<Long> listed) {
        if (all.isEmpty() || sealed.contains(all.last()) || listed.contains(all.last())) {
            return OptionalLong.empty();
        }
        return OptionalLong.of(all.last());
    }

    /** Bases of all other segments, sealed or about to be. */
    public SortedSet<Long> sealed(Set<Long> listed) {
        OptionalLong active = active(listed);
        return active.isPresent() ? all.headSet(active.getAsLong()) : all;
    }

    /** Names of the segments that begin at {@code base} or above. */
    public List<String> from(long base) {
        return all.tailSet(base, true).stream()
                .map(b -> SegmentNames.of(
                        b, isStillActive(b) ? SegmentNames.ACTIVE : SegmentNames.SEALED))
                .toList();
    }

    /** Base of the segment behind this one. */
    public OptionalLong next(long base) {
        Long next = all.higher(base);
        return next == null ? OptionalLong.empty() : OptionalLong.of(next);
    }

    /** Has the name of an active segment only. */
    public boolean isStillActive(long base) {
        return !sealed.contains(base);
    }
}
