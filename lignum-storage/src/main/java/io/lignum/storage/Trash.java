package io.lignum.storage;

import io.lignum.storage.env.Disk;
import io.lignum.storage.env.TreeDeletion;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;

/**
 * Deletes what was moved to the trash, a limited number of files at a time. An entry that cannot be
 * deleted is logged once and skipped, so that it does not block the others; it is tried again after
 * {@link #retry}.
 *
 * <p>Called by the tick only.
 */
final class Trash {

    private static final Logger LOG = LoggerFactory.getLogger(Trash.class);

    private final Disk disk;
    private final Path directory;
    private final Set<Path> stuck = new TreeSet<>();

    Trash(Disk disk, Path directory) {
        this.disk = disk;
        this.directory = directory;
    }

    /** Deletes up to {@code atMost} files; true if there are more that can be deleted. */
    boolean empty(int atMost) throws IOException {
        if (!disk.exists(directory)) {
            return false;
        }
        int left = atMost;
        for (String name : disk.list(directory)) {
            Path path = directory.resolve(name);
            if (!stuck.contains(path)) {
                left = tryDelete(path, left);
            }
            if (left <= 0) {
                return true;
            }
        }
        return false;
    }

    /** Tries entries that could not be deleted again with the next call of {@link #empty}. */
    void retry() {
        stuck.clear();
    }

    private int tryDelete(Path path, int atMost) {
        try {
            return TreeDeletion.delete(disk, path, atMost);
        } catch (IOException e) {
            stuck.add(path);
            LOG.warn("{} cannot be deleted and is skipped: {}", path, e.toString());
            return atMost - 1;
        }
    }
}
