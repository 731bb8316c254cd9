package io.lignum.storage.env;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Path;

/**
 * Deletes directory trees, a limited number of files at a time. Deletes links and never follows
 * them.
 */
public final class TreeDeletion {

    /** Topics are two directories deep; a deeper tree must not exhaust the stack. */
    private static final int MAX_DEPTH = 32;

    private TreeDeletion() {}

    /**
     * Deletes up to {@code atMost} files and directories below {@code path}, and {@code path}
     * itself when it is empty.
     *
     * @return the part of {@code atMost} that is left; 0 or less when files may be left
     */
    public static int delete(Disk disk, Path path, int atMost) throws IOException {
        return delete(disk, path, atMost, MAX_DEPTH);
    }

    private static int delete(Disk disk, Path path, int atMost, int depth) throws IOException {
        try {
            disk.delete(path);
            return atMost - 1;
        } catch (DirectoryNotEmptyException e) {
            if (depth == 0) {
                throw e;
            }
        }
        int left = atMost;
        for (String name : disk.list(path)) {
            left = delete(disk, path.resolve(name), left, depth - 1);
            if (left <= 0) {
                return left;
            }
        }
        disk.delete(path);
        return left - 1;
    }
}
