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
 * The open segment files of a store: opened when needed, shared by all threads, the least recently
 * used closed when there are too many, so that topics cost no open file while nobody uses them.
 *
 * <p>The bound may be passed by as many files as threads use at the very moment. Any thread; the
 * lock is held for a look-up, and while a file is opened or closed.
 */
public final class FileCache {

    /** A file in use. Closing gives it back. */
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
     * The file of a segment, for reading and, while it is active, writing.
     *
     * @throws MissingSegmentException when retention or a deletion removed it
     */
    public synchronized Lease lease(Segment segment) throws IOException {
        Lease lease = open.get(segment);
        if (lease == null) {
            lease = new Lease(open(segment));
            lease.users++; // First, or it would be the one idle file when all others are in use.
            lease.retired = segment.isRemoved(); // A reader came late: nobody would retire it.
            if (!lease.retired) {
                open.put(segment, lease);
                closeIdle();
            }
            return lease;
        }
        lease.users++;
        return lease;
    }

    /** Opens by the name it has now; a segment that is sealed meanwhile has the other name. */
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

    /** Another handle of a segment's file, which the caller closes. */
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
     * Forgets a segment, removed before if it is to stay so: its file is closed as soon as nobody
     * uses it.
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

    /** Closes what nobody uses; what is used is closed when given back. */
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
