package io.lignum.storage;

import io.lignum.record.IoErrors;
import io.lignum.storage.env.Disk;
import io.lignum.storage.env.DiskFullException;
import io.lignum.storage.env.ShortageException;
import io.lignum.storage.env.TooManyOpenFilesException;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Watches the free space of the file system. Below the reserve appends are refused, so that
 * sealing, checkpoints and clean-up still find room; a write that finds none refuses them too. Both
 * end once there is more than the reserve again. Each change is logged, once. Looked at by the
 * tick; any thread may ask.
 */
final class FreeSpace {

    private static final Logger LOG = LoggerFactory.getLogger(FreeSpace.class);

    private final Disk disk;
    private final Path directory;
    private final long reserveBytes;
    private volatile long usableBytes = Long.MAX_VALUE;
    private final AtomicBoolean full = new AtomicBoolean();

    FreeSpace(Disk disk, Path directory, long reserveBytes) {
        this.disk = disk;
        this.directory = directory;
        this.reserveBytes = reserveBytes;
    }

    void look() throws IOException {
        usableBytes = disk.usableBytes(directory);
        setFull(usableBytes < reserveBytes || usableBytes == 0);
    }

    /** Something was refused; for want of room, that holds until the next look finds some. */
    void found(ShortageException shortage) {
        if (shortage instanceof DiskFullException) {
            setFull(true);
        }
    }

    /** What to answer to who met it: nothing was done, and the same can be done later. */
    StorageException refusal(ShortageException shortage) {
        return shortage instanceof TooManyOpenFilesException none
                ? new StorageException.Overloaded(IoErrors.describe(none))
                : refusal();
    }

    private void setFull(boolean value) {
        if (full.getAndSet(value) == value) {
            return;
        }
        if (value) {
            LOG.warn("disk full: {}", refusal().getMessage());
        } else {
            LOG.info(
                    "the file system of {} has room again, {} bytes: appends are taken",
                    directory,
                    usableBytes);
        }
    }

    void refuseWhenFull() {
        if (full.get()) {
            throw refusal();
        }
    }

    StorageException refusal() {
        return new StorageException.DiskFull(
                "the file system of " + directory + " has " + usableBytes
                        + " bytes free, appends need the reserve of " + reserveBytes
                        + " (reserveBytes); reads go on",
                reserveBytes);
    }

    long usableBytes() {
        return usableBytes;
    }

    boolean isFull() {
        return full.get();
    }
}
