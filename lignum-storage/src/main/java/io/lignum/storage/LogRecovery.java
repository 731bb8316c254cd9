package io.lignum.storage;

import io.lignum.record.IoErrors;
import io.lignum.storage.env.Disk;
import io.lignum.storage.env.DiskFile;
import io.lignum.storage.env.OpenMode;
import io.lignum.storage.env.ShortageException;
import io.lignum.storage.internal.segment.ActiveSegment;
import io.lignum.storage.internal.segment.BatchScan;
import io.lignum.storage.internal.segment.BatchWindow;
import io.lignum.storage.internal.segment.Checkpoint;
import io.lignum.storage.internal.segment.DurableState;
import io.lignum.storage.internal.segment.EpochHistory;
import io.lignum.storage.internal.segment.OffsetIndex;
import io.lignum.storage.internal.segment.ProducerStates;
import io.lignum.storage.internal.segment.Segment;
import io.lignum.storage.internal.segment.SegmentFiles;
import io.lignum.storage.internal.segment.SegmentIndexes;
import io.lignum.storage.internal.segment.SegmentList;
import io.lignum.storage.internal.segment.SegmentManifest;
import io.lignum.storage.internal.segment.SegmentNames;
import io.lignum.storage.internal.segment.SegmentSummary;
import io.lignum.storage.internal.segment.SideFiles;
import io.lignum.storage.internal.segment.TailRepair;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Opens a log: finds its segments, scans what came after the last checkpoint, and repairs the end.
 * In this order:
 *
 * <ol>
 *   <li>Segments below the checkpoint's active segment are taken from the manifest, without reading
 *       them; missing entries and names are completed.
 *   <li>From the checkpoint's end on {@link Replay} proves every batch, and gathers epochs and
 *       producers.
 *   <li>What was kept is written again in place and forced ({@link TailRepair}), since it may be in
 *       the page cache only.
 *   <li>What stands behind the last whole batch is judged by {@link DurableState}.
 * </ol>
 *
 * <p>There are three outcomes. A <em>torn tail</em> is what an unfinished write left above
 * everything that was durable: it is saved to a side file and cut. <em>Corruption</em> is damage
 * below: it is left as it is and not served, and if it is at the end of the log nothing is
 * appended. An <em>unsupported version</em> was written by a later release: no file is changed.
 *
 * <p>Used once, by the thread that opens the topic. An I/O error ends the opening.
 */
final class LogRecovery {

    private static final Logger LOG = LoggerFactory.getLogger(LogRecovery.class);

    private final StoreShared store;
    private final Disk disk;
    private final Path directory;
    private final SegmentManifest manifest;
    private final Optional<Checkpoint> checkpoint;
    private final DurableState durable;
    private final BatchWindow window;
    private final Replay replay;
    private final List<Segment> segments = new ArrayList<>();
    private @Nullable StorageException damage;

    LogRecovery(StoreShared store, Path directory, BatchWindow window) throws IOException {
        this.store = store;
        this.directory = directory;
        this.window = window;
        disk = store.disk();
        manifest = SegmentManifest.load(disk, directory);
        int maxProducers = store.config().maxProducers();
        checkpoint = Checkpoint.read(disk, directory, maxProducers);
        durable = new DurableState(checkpoint, Optional.of(manifest));
        replay = new Replay(
                window,
                checkpoint.map(Checkpoint::epochs).orElse(EpochHistory.EMPTY),
                checkpoint
                        .map(Checkpoint::producers)
                        .orElseGet(() -> new ProducerStates(maxProducers)),
                store.clock().wallMillis());
    }

    Recovered recover() throws IOException {
        long started = store.clock().monotonicNanos();
        long activeBase = openSealed(SegmentFiles.list(disk, directory));
        checkFollows(activeBase);
        Tail tail = openActive(activeBase);
        segments.add(tail.active.segment());
        checkReachesCheckpoint(tail.active);
        if (damage == null) {
            manifest.forgetFrom(activeBase);
            manifest.forgetBelow(segments.get(0).baseOffset());
        }
        long start = durable.logStartOffset(segments.get(0).baseOffset());
        RecoveryReport report = new RecoveryReport(
                replay.scannedBytes() == 0 && tail.torn == 0,
                replay.scannedBytes(),
                replay.keptRecords(),
                tail.torn,
                tail.side,
                store.clock().monotonicNanos() - started);
        return new Recovered(
                SegmentList.of(segments),
                tail.active,
                start,
                checkpoint.map(Checkpoint::highWatermark).orElse(OptionalLong.empty()),
                replay.epochs(),
                replay.producers(),
                manifest,
                damage,
                report);
    }

    private void damaged(Path path, long position, String what) {
        damage = new StorageException.CorruptLog(path, position, what);
        LOG.error("{}", damage.getMessage());
    }

    /** Opens the segments before the active one; returns the offset at which that one begins. */
    private long openSealed(SegmentFiles files) throws IOException {
        for (long base : files.sealed(manifest.bases())) {
            if (isTrimmed(files.next(base))) {
                SegmentFiles.delete(disk, directory, base); // An earlier trim was not durable yet.
                continue;
            }
            if (isBehindLostName(base)) {
                moveAside(files.from(base));
                return endOfSealed();
            }
            if (!openSealed(base, files)) {
                moveAside(files.from(base + 1));
                return base;
            }
        }
        OptionalLong active = files.active(manifest.bases());
        if (active.isPresent() && isBehindLostName(active.getAsLong())) {
            moveAside(files.from(active.getAsLong()));
            return endOfSealed();
        }
        return active.orElseGet(this::endOfSealed);
    }

    /**
     * Whether a segment stands behind one that lost its name in a crash; see
     * {@link DurableState#isUnfinishedGap}.
     */
    private boolean isBehindLostName(long base) {
        if (segments.isEmpty() && checkpoint.isEmpty()) {
            // The first segment is the start of the log: those below may have been trimmed.
            return false;
        }
        return durable.isUnfinishedGap(endOfSealed(), base);
    }

    private boolean isTrimmed(OptionalLong next) {
        return next.isPresent() && next.getAsLong() <= durable.logStartOffset(0);
    }

    /** What was written behind a torn end was not forced either. */
    private void moveAside(List<String> names) throws IOException {
        SideFiles.moveAside(disk, directory, names, "behind-torn-");
    }

    /** Where a new active segment begins when no file of one exists. */
    private long endOfSealed() {
        return segments.isEmpty()
                ? checkpoint.map(Checkpoint::activeBase).orElse(0L)
                : segments.get(segments.size() - 1).endOffset();
    }

    /**
     * Opens a sealed segment, or one that was about to be sealed when the process stopped.
     *
     * @return false when the log ends inside it: it was not forced yet, and its end did not survive
     */
    private boolean openSealed(long base, SegmentFiles files) throws IOException {
        boolean stillActive = files.isStillActive(base);
        Optional<SegmentManifest.Entry> entry = manifest.find(base);
        SegmentSummary summary;
        if (entry.isPresent() && !durable.isAboveCheckpoint(base)) {
            summary = entry.get().summary();
        } else {
            summary = replaySealed(base, stillActive, entry, files.next(base));
            if (summary == null) {
                return false;
            }
        }
        if (entry.isEmpty() && damage == null) {
            list(new SegmentManifest.Entry(base, summary));
        }
        if (stillActive) {
            renameToSealed(base);
        }
        checkFollows(base);
        segments.add(Segment.sealed(directory, base, summary));
        return true;
    }

    /**
     * Lists a segment; one that a shortage keeps from being listed is read again at the next
     * opening.
     */
    private void list(SegmentManifest.Entry entry) throws IOException {
        try {
            manifest.add(entry);
        } catch (ShortageException e) {
            LOG.warn(
                    "{}: a shortage keeps a segment from being listed: {}",
                    directory,
                    IoErrors.describe(e));
        }
    }

    private void checkFollows(long base) {
        long end = segments.isEmpty() ? base : segments.get(segments.size() - 1).endOffset();
        if (end != base) {
            LOG.error(
                    "{}: records {}..{} are missing; they are not served",
                    directory,
                    end,
                    base - 1);
        }
    }

    /**
     * Checks that the log reaches its durable end: an offset that was durable must not be given to
     * another record.
     */
    private void checkReachesCheckpoint(ActiveSegment active) {
        long end = active.summary().endOffset();
        long durableEnd = durable.endOffset();
        if (end < durableEnd && damage == null) {
            damaged(
                    active.segment().activePath(),
                    active.summary().sizeInBytes(),
                    "the log ends at offset " + end + ", below its durable end " + durableEnd);
        }
    }

    private void renameToSealed(long base) throws IOException {
        disk.rename(
                directory.resolve(SegmentNames.of(base, SegmentNames.ACTIVE)),
                directory.resolve(SegmentNames.of(base, SegmentNames.SEALED)));
        disk.forceDirectory(directory);
    }

    /**
     * Reads what came after the checkpoint; null when the segment was never forced and has a torn
     * end.
     */
    private @Nullable SegmentSummary replaySealed(
            long base,
            boolean stillActive,
            Optional<SegmentManifest.Entry> entry,
            OptionalLong next)
            throws IOException {
        Path path = directory.resolve(
                SegmentNames.of(base, stillActive ? SegmentNames.ACTIVE : SegmentNames.SEALED));
        SegmentSummary summary = durable.startOf(base);
        long from = summary.sizeInBytes();
        try (DiskFile file = disk.open(path, stillActive ? OpenMode.UPDATE : OpenMode.READ)) {
            BatchScan scan = durable.isAboveCheckpoint(base)
                    ? replay.run(file, summary, new OffsetIndex(), path)
                    : replay.sumUp(file, summary, path);
            long position = scan.position();
            TailRepair repair = new TailRepair(disk, file);
            boolean clean = stillActive
                    ? repair.endOfContent(position) == position
                    : file.size() == position;
            boolean unforced = durable.isUnfinishedWrite(base, stillActive, position);
            if (unforced && !(clean && reaches(summary, next))) {
                replay.forgetLastRun();
                return null;
            }
            boolean asListed = entry.isEmpty() || entry.get().summary().equals(summary);
            if (!clean || !asListed) {
                damaged(path, position, "a sealed segment is damaged: " + scan.status());
            } else if (stillActive) {
                repair.rewrite(from, position);
                file.truncate(position);
                file.force();
            }
        }
        return summary;
    }

    /**
     * Whether the segment ends where the next one begins: a crash can also cut a file between two
     * batches.
     */
    private static boolean reaches(SegmentSummary summary, OptionalLong next) {
        return next.isEmpty() || next.getAsLong() == summary.endOffset();
    }

    private record Tail(ActiveSegment active, long torn, Optional<Path> side) {}

    private Tail openActive(long base) throws IOException {
        SegmentSummary summary = durable.startOf(base);
        long checkpointed = summary.sizeInBytes();
        Segment segment = Segment.active(directory, base, summary, new OffsetIndex());
        if (checkpointed == 0 && damage == null && !disk.exists(segment.activePath())) {
            disk.open(segment.activePath(), OpenMode.CREATE_NEW).close();
            disk.forceDirectory(directory);
        }
        if (!disk.exists(segment.activePath())) {
            damaged(segment.activePath(), 0, "the active segment is missing");
            return untouched(segment, new SegmentSummary(base));
        }
        try (DiskFile file = disk.open(segment.activePath(), OpenMode.UPDATE)) {
            if (file.size() < checkpointed) {
                damaged(
                        segment.activePath(),
                        file.size(),
                        "the file ends below its durable " + checkpointed);
                return untouched(segment, new SegmentSummary(base));
            }
            OffsetIndex index = SegmentIndexes.resume(disk, segment, summary, window);
            segment.keepIndex(index);
            BatchScan scan = replay.run(file, summary, index, segment.activePath());
            segment.publish(summary);
            return damage != null
                    ? untouched(segment, summary)
                    : repair(file, segment, summary, scan);
        }
    }

    /**
     * The segment of a damaged log: readable as far as its batches are whole, and never appended
     * to.
     */
    private static Tail untouched(Segment segment, SegmentSummary summary) {
        segment.publish(summary);
        return new Tail(
                new ActiveSegment(segment, summary, new OffsetIndex(), 0, 0), 0, Optional.empty());
    }

    private Tail repair(DiskFile file, Segment segment, SegmentSummary summary, BatchScan scan)
            throws IOException {
        TailRepair repair = new TailRepair(disk, file);
        long checkpointed = durable.startOf(segment.baseOffset()).sizeInBytes();
        long position = scan.position();
        long torn = repair.endOfContent(position) - position;
        Optional<Path> side = Optional.empty();
        boolean cut = true;
        try {
            side = repair.cutTorn(segment, position, position + torn);
        } catch (ShortageException e) {
            cut = false;
            LOG.warn(
                    "{}: no space to save {} bytes of an unfinished write; appends are refused until there is",
                    segment.activePath(),
                    torn);
        }
        if (position > checkpointed) {
            repair.rewrite(checkpointed, position);
        }
        side.ifPresent(path -> LOG.warn(
                "{}: {} bytes of an unfinished write behind offset {} were cut and saved to {}",
                segment.activePath(),
                torn,
                summary.endOffset(),
                path));
        OffsetIndex index = SegmentIndexes.loaded(segment);
        ActiveSegment active =
                new ActiveSegment(segment, summary, index, file.size(), firstAppend(segment));
        if (!cut) {
            active.keepTorn(position + torn);
        }
        return new Tail(active, torn, side);
    }

    private long firstAppend(Segment segment) {
        return checkpoint
                .filter(c -> c.active().sizeInBytes() > 0 && c.activeBase() == segment.baseOffset())
                .map(Checkpoint::firstAppendMillis)
                .orElse(store.clock().wallMillis());
    }
}
