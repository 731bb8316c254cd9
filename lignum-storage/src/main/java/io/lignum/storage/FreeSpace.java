package io.lignum.storage;

import io.lignum.record.IoErrors;
import io.lignum.storage.env.Disk;
import io.lignum.storage.env.DiskFullException;
import io.lignum.storage.env.EngineClock;
import io.lignum.storage.env.ShortageException;
import io.lignum.storage.env.TooManyOpenFilesException;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Refuses appends while the file system has too little space for them: less than the reserve, so
 * that sealing, checkpoints and clean-up still find some; none for a write; or no free inode for a
 * new file. Appends are accepted again when a measurement finds enough of everything. After a
 * failed write it must find twice as much as was free then, or {@link #RETRY_NANOS} must have
 * passed. Until then appends would fail and be accepted once a second: the free space may be less
 * than a write needs, and does not show a quota. Each change is logged once, with what was measured
 * at that moment.
 *
 * <p>The store's background thread measures; any thread may ask.
 */
final class FreeSpace {

    private static final Logger LOG = LoggerFactory.getLogger(FreeSpace.class);

    /** After this time a failed write is tried again. Shorter than a follower may lag. */
    static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(3);

    /** A probe creates a file, so it is rare. */
    private static final long PROBE_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Disk disk;
    private final EngineClock clock;
    private final Path directory;
    private final long reserveBytes;
    private volatile long usableBytes = Long.MAX_VALUE;

    /** Why appends are refused; null while they are accepted. */
    private volatile @Nullable String refused;

    /** The failed write for which appends are refused. Guarded by this. */
    private @Nullable FailedWrite failedWrite;

    /** Whether the last probe could create a file, and when the next one is due. */
    private volatile boolean createsFiles = true;

    private volatile long nextProbeNanos;

    /**
     * A write that found no space.
     *
     * @param usableBytes free space of the file system after it
     * @param nanos when it failed
     * @param why the reason to refuse appends
     */
    private record FailedWrite(long usableBytes, long nanos, String why) {

        /** Whether the next write would fail, too, with so much free space at that time. */
        boolean holds(long usable, long now) {
            return !isEased(usable) && now - nanos < RETRY_NANOS;
        }

        /** Whether so much free space makes it likely that the next write succeeds. */
        boolean isEased(long usable) {
            return usable / 2 >= usableBytes;
        }

        /** Keeps the time of the first of several failures, so that appends are tried again. */
        FailedWrite and(FailedWrite later) {
            return new FailedWrite(Math.max(usableBytes, later.usableBytes), nanos, later.why);
        }
    }

    FreeSpace(Disk disk, EngineClock clock, Path directory, long reserveBytes) {
        this.disk = disk;
        this.clock = clock;
        this.directory = directory;
        this.reserveBytes = reserveBytes;
        nextProbeNanos = clock.monotonicNanos();
    }

    /** Measures, and refuses or accepts appends from now on. */
    void look() throws IOException {
        long usable = disk.usableBytes(directory);
        usableBytes = usable;
        if (usable < reserveBytes || usable == 0) {
            refuse(belowReserve(usable));
        } else if (!canCreateFiles()) {
            refuse("no file can be created in " + directory + " although its file system has "
                    + usable + " bytes free: it may be out of inodes (df -i)");
        } else {
            acceptUnlessAWriteFailed(usable);
        }
    }

    /**
     * Probes every {@link #PROBE_NANOS}, and in each look after a shortage.
     */
    private boolean canCreateFiles() throws IOException {
        long now = clock.monotonicNanos();
        if (!createsFiles || now - nextProbeNanos >= 0) {
            nextProbeNanos = now + PROBE_NANOS;
            createsFiles = disk.canCreateFiles(directory);
        }
        return createsFiles;
    }

    private synchronized void acceptUnlessAWriteFailed(long usable) {
        FailedWrite failed = failedWrite;
        if (failed != null && failed.holds(usable, clock.monotonicNanos())) {
            refuse(failed.why());
            return;
        }
        failedWrite = null;
        if (refused != null) {
            refused = null;
            boolean eased = failed == null || failed.isEased(usable);
            LOG.info(
                    "the file system of {} has {} bytes free{}",
                    directory,
                    usable,
                    eased ? " again: appends are accepted" : ": appends are tried again");
        }
    }

    /** A call of the disk failed. For want of space, appends are refused; see {@link #look}. */
    void found(ShortageException shortage) {
        if (shortage instanceof DiskFullException) {
            FailedWrite failed = failedNow();
            nextProbeNanos = failed.nanos();
            noteFailedWrite(failed);
        }
    }

    private FailedWrite failedNow() {
        long now = clock.monotonicNanos();
        try {
            long usable = disk.usableBytes(directory);
            usableBytes = usable;
            String why = "a write found no space on the file system of " + directory
                    + ", which has " + usable + " bytes free";
            return new FailedWrite(usable, now, why);
        } catch (IOException e) {
            String why = "a write found no space on the file system of " + directory
                    + ", whose free space cannot be measured: " + IoErrors.describe(e);
            return new FailedWrite(0, now, why);
        }
    }

    private synchronized void noteFailedWrite(FailedWrite failed) {
        FailedWrite first = failedWrite;
        failedWrite = first == null ? failed : first.and(failed);
        refuse(failed.why());
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

    private synchronized void refuse(String why) {
        if (refused == null) {
            LOG.warn("disk full: {}", why);
        }
        refused = why;
    }

    void refuseWhenFull() {
        if (isFull()) {
            throw refusal();
        }
    }

    StorageException refusal() {
        String why = refused;
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
        return refused != null;
    }

    /** Why appends are refused; empty while they are taken. */
    Optional<String> whyFull() {
        return Optional.ofNullable(refused);
    }
}
