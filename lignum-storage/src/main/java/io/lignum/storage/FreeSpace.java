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
 * Watches the free space of the file system, and refuses appends below the reserve, so that
 * sealing, checkpoints and clean-up still have space. A write that finds the disk full refuses
 * appends, too. Both end when there is more free space than the reserve. Each change is logged
 * once. The tick measures; any thread may ask.
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

    /**
     * Notes a shortage. A full disk refuses appends until a measurement finds enough free space.
     */
    void found(ShortageException shortage) {
        if (shortage instanceof DiskFullException) {
            setFull(true);
        }
    }

    /**
     * The exception for a call that a shortage has refused: NOT_APPLIED, and it can be repeated
     * later.
     */
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
                    "the file system of {} has {} bytes free again: appends are accepted",
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
