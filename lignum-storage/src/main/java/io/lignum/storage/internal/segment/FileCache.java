package io.lignum.storage.internal.segment;

import io.lignum.storage.env.Disk;
import io.lignum.storage.env.DiskFile;
import io.lignum.storage.env.OpenMode;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Keeps the open segment files of a store. Opens a file when a thread needs it, shares it between
 * threads, and closes the least recently used one over the limit, so that an idle topic holds no
 * file open.
 *
 * <p>The number of open files exceeds the limit only while more files are in use at that moment.
 * Any thread; the lock is held for a look-up, and while a file is opened or closed.
 */
public final class FileCache {

    /** A file in use; closing the lease returns it. */
    public final class Lease implements AutoCloseable {
        private final DiskFile file;
        private int users;
        private boolean retired;

        private Lease(DiskFile file) {
            this.file = file;
        }

        public DiskFile file() {
            return file;
        }

        @Override
        public void close() throws IOException {
            giveBack(this);
        }
    }

    private final Disk disk;
    private final int maxOpen;
    private final Map<Segment, Lease> open = new LinkedHashMap<>(16, 0.75f, true);

    public FileCache(Disk disk, int maxOpen) {
        this.disk = disk;
        this.maxOpen = maxOpen;
    }

    /**
     * Leases the file of a segment, for reading and, while it is active, for writing.
     *
     * @throws MissingSegmentException retention, a truncation or a deletion removed it
     */
    public synchronized Lease lease(Segment segment) throws IOException {
        Lease lease = open.get(segment);
        if (lease == null) {
            lease = new Lease(open(segment));
            lease.users++; // Before closeIdle, or this could be the one idle file.
            // A late reader: no other thread would retire the file after this.
            lease.retired = segment.isRemoved();
            if (!lease.retired) {
                open.put(segment, lease);
                closeIdle();
            }
            return lease;
        }
        lease.users++;
        return lease;
    }

    /** Opens the file by its present name, or by its new name if it was sealed meanwhile. */
    private DiskFile open(Segment segment) throws IOException {
        boolean sealed = segment.isSealed();
        try {
            return open(segment.path(), sealed);
        } catch (NoSuchFileException e) {
            if (sealed) {
                throw new MissingSegmentException(segment.path(), e);
            }
        }
        try {
            return open(segment.sealedPath(), true);
        } catch (NoSuchFileException e) {
            throw new MissingSegmentException(segment.sealedPath(), e);
        }
    }

    /** Opens another handle of a segment's file; the caller closes it. */
    public DiskFile openAgain(Segment segment) throws IOException {
        return open(segment);
    }

    private DiskFile open(Path path, boolean sealed) throws IOException {
        return disk.open(path, sealed ? OpenMode.READ : OpenMode.UPDATE);
    }

    private synchronized void giveBack(Lease lease) throws IOException {
        lease.users--;
        if (lease.retired && lease.users == 0) {
            lease.file.close();
        } else if (open.size() > maxOpen) {
            closeIdle();
        }
    }

    private void closeIdle() throws IOException {
        Iterator<Lease> eldestFirst = open.values().iterator();
        while (open.size() > maxOpen && eldestFirst.hasNext()) {
            Lease lease = eldestFirst.next();
            if (lease.users == 0) {
                eldestFirst.remove();
                lease.file.close();
            }
        }
    }

    /**
     * Removes a segment from the cache; its file is closed when the last lease is returned. Unless
     * the segment was removed before, a later lease opens the file again.
     */
    public synchronized void retire(Segment segment) throws IOException {
        Lease lease = open.remove(segment);
        if (lease != null) {
            lease.retired = true;
            if (lease.users == 0) {
                lease.file.close();
            }
        }
    }

    public synchronized int size() {
        return open.size();
    }

    /** Closes the files that are not in use; others are closed when they are returned. */
    public synchronized void close() throws IOException {
        for (Lease lease : open.values()) {
            lease.retired = true;
            if (lease.users == 0) {
                lease.file.close();
            }
        }
        open.clear();
    }
}
