package io.lignum.storage;

import io.lignum.record.IoErrors;
import io.lignum.storage.env.Disk;
import io.lignum.storage.env.DiskFullException;
import io.lignum.storage.env.ShortageException;
import io.lignum.storage.env.TooManyOpenFilesException;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Refuses appends while the file system has too little space for them: less than the reserve, so
 * that sealing, checkpoints and clean-up still find some; none for a write; or no free inode for a
 * new file. Appends are taken again when a measurement finds enough of everything. Each change is
 * logged once, with what was measured at that moment.
 *
 * <p>The store's background thread measures; any thread may ask.
 */
final class FreeSpace {

    private static final Logger LOG = LoggerFactory.getLogger(FreeSpace.class);

    private final Disk disk;
    private final Path directory;
    private final long reserveBytes;
    private volatile long usableBytes = Long.MAX_VALUE;

    /** Why appends are refused; null while they are taken. */
    private final AtomicReference<@Nullable String> refused = new AtomicReference<>();

    FreeSpace(Disk disk, Path directory, long reserveBytes) {
        this.disk = disk;
        this.directory = directory;
        this.reserveBytes = reserveBytes;
    }

    /** Measures, and refuses or takes appends from now on. */
    void look() throws IOException {
        long usable = disk.usableBytes(directory);
        usableBytes = usable;
        if (usable < reserveBytes || usable == 0) {
            refuse(belowReserve(usable));
        } else if (!disk.canCreateFiles(directory)) {
            refuse("no file can be created in " + directory + " although its file system has "
                    + usable + " bytes free: it may be out of inodes (df -i)");
        } else if (refused.getAndSet(null) != null) {
            LOG.info(
                    "the file system of {} has {} bytes free again: appends are accepted",
                    directory,
                    usable);
        }
    }

    /** A call of the disk failed. For want of space, appends are refused until the next look. */
    void found(ShortageException shortage) {
        if (shortage instanceof DiskFullException) {
            refuse(afterFailedWrite());
        }
    }

    private String afterFailedWrite() {
        try {
            long usable = disk.usableBytes(directory);
            usableBytes = usable;
            return "a write found no space on the file system of " + directory + ", which has "
                    + usable + " bytes free";
        } catch (IOException e) {
            return "a write found no space on the file system of " + directory
                    + ", whose free space cannot be measured: " + IoErrors.describe(e);
        }
    }

    /** The error for a call that the shortage refused: nothing was done, and it can be repeated. */
    StorageException refusal(ShortageException shortage) {
        return shortage instanceof TooManyOpenFilesException none
                ? new StorageException.Overloaded(IoErrors.describe(none))
                : refusal();
    }

    /** The error for a change, other than an append, that the shortage refused or interrupted. */
    StorageException refusalOfChange(ShortageException shortage) {
        return shortage instanceof DiskFullException
                ? new StorageException.DiskFull(
                        "the file system of " + directory + " has no space for this change: "
                                + IoErrors.describe(shortage) + "; reads go on",
                        reserveBytes)
                : refusal(shortage);
    }

    private void refuse(String why) {
        if (refused.getAndSet(why) == null) {
            LOG.warn("disk full: {}", why);
        }
    }

    void refuseWhenFull() {
        if (isFull()) {
            throw refusal();
        }
    }

    StorageException refusal() {
        String why = refused.get();
        return new StorageException.DiskFull(
                (why == null ? belowReserve(usableBytes) : why) + "; reads go on", reserveBytes);
    }

    private String belowReserve(long usable) {
        return "the file system of " + directory + " has " + usable
                + " bytes free, appends need the reserve of " + reserveBytes + " (reserveBytes)";
    }

    /** At the last measurement. */
    long usableBytes() {
        return usableBytes;
    }

    boolean isFull() {
        return refused.get() != null;
    }

    /** Why appends are refused; empty while they are taken. */
    Optional<String> whyFull() {
        return Optional.ofNullable(refused.get());
    }
}
