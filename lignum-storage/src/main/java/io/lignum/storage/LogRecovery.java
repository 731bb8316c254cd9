package io.lignum.storage;

import io.lignum.record.BatchStatus;
import io.lignum.storage.env.Disk;
import io.lignum.storage.env.DiskFile;
import io.lignum.storage.env.OpenMode;

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
 * Opens a log: finds its segments, replays what came after the last checkpoint, and repairs the end.
 *
 * <p>Three things are kept apart. A <em>torn tail</em> is what an unfinished write left behind the last
 * whole batch above the checkpoint: it was never acknowledged, is saved aside and cut. <em>Corruption</em>
 * is anything wrong below: it is left as it is, not served, and if it is at the end of the log nothing is
 * appended. An <em>unsupported version</em> was written by a later release: nothing is touched.
 */
final class LogRecovery {

    private static final Logger LOG = LoggerFactory.getLogger(LogRecovery.class);

    private final StoreShared store;
    private final Disk disk;
    private final Path directory;
    private final BatchWindow window;
    private final List<Segment> segments = new ArrayList<>();
    private final SegmentManifest manifest;
    private EpochHistory epochs = EpochHistory.EMPTY;
    private ProducerStates producers;
    private @Nullable StorageException damage;
    private long scannedBytes;
    private long keptRecords;

    LogRecovery(StoreShared store, Path directory, BatchWindow window) throws IOException {
        this.store = store;
        this.directory = directory;
        this.window = window;
        disk = store.disk();
        producers = new ProducerStates(store.config().maxProducers());
        manifest = SegmentManifest.load(disk, directory);
    }

    Recovered recover() throws IOException {
        long started = store.clock().monotonicNanos();
        SegmentFiles files = SegmentFiles.list(disk, directory);
        Optional<Checkpoint> found =
                Checkpoint.read(disk, directory, store.config().maxProducers());
        found.ifPresent(checkpoint -> {
            epochs = checkpoint.epochs();
            producers = checkpoint.producers();
        });
        long activeBase = openSealed(files, found);
        Tail tail = openActive(activeBase, found);
        segments.add(tail.active.segment());
        manifest.forgetFrom(activeBase);
        manifest.forgetBelow(segments.get(0).baseOffset());
        long start = Math.max(
                segments.get(0).baseOffset(),
                found.map(Checkpoint::logStartOffset).orElse(0L));
        RecoveryReport report = new RecoveryReport(
                scannedBytes == 0 && tail.torn == 0,
                scannedBytes,
                keptRecords,
                tail.torn,
                tail.side,
                store.clock().monotonicNanos() - started);
        return new Recovered(
                SegmentList.of(segments),
                tail.active,
                start,
                found.map(Checkpoint::highWatermark).orElse(OptionalLong.empty()),
                epochs,
                Math.max(epochs.last(), found.map(Checkpoint::currentEpoch).orElse(0)),
                producers,
                manifest,
                damage,
                report);
    }

    /** Opens all segments before the active one and says where that begins. */
    private long openSealed(SegmentFiles files, Optional<Checkpoint> checkpoint)
            throws IOException {
        for (long base : files.sealed(manifest.bases())) {
            if (!openSealed(base, files.isStillActive(base), checkpoint)) {
                moveAside(files.above(base));
                return base;
            }
        }
        return files.active(manifest.bases()).orElseGet(() -> endOfSealed(checkpoint));
    }

    /** What was written behind a torn end was not forced either. */
    private void moveAside(List<String> names) throws IOException {
        Path aside = directory.resolve(TailRepair.DIRECTORY);
        for (String name : names) {
            disk.rename(
                    directory.resolve(name), SideFiles.choose(disk, aside, "behind-torn-" + name));
            LOG.warn(
                    "{}: {} stands behind an unfinished write and was moved to {}",
                    directory,
                    name,
                    aside);
        }
        SideFiles.forceBoth(disk, aside);
    }

    /** Where a new active segment begins when there is no file of one. */
    private long endOfSealed(Optional<Checkpoint> checkpoint) {
        return segments.isEmpty()
                ? checkpoint.map(Checkpoint::activeBase).orElse(0L)
                : segments.get(segments.size() - 1).endOffset();
    }

    /**
     * A sealed segment, or one that was about to be sealed when the process stopped.
     *
     * @return false when the log ends inside it: it was not forced yet, and its end did not survive
     */
    private boolean openSealed(long base, boolean stillActive, Optional<Checkpoint> checkpoint)
            throws IOException {
        Optional<SegmentManifest.Entry> entry = manifest.find(base);
        boolean replay = checkpoint.isEmpty() || base >= checkpoint.get().activeBase();
        SegmentSummary summary;
        if (entry.isPresent() && !replay) {
            summary = entry.get().summary();
        } else {
            summary = replaySealed(base, stillActive, entry.isEmpty(), checkpoint);
            if (summary == null) {
                return false;
            }
        }
        if (entry.isEmpty()) {
            manifest.add(new SegmentManifest.Entry(base, summary));
        }
        if (stillActive) {
            renameToSealed(base);
        }
        checkFollows(base);
        segments.add(Segment.sealed(directory, base, summary));
        return true;
    }

    private void checkFollows(long base) {
        if (!segments.isEmpty() && segments.get(segments.size() - 1).endOffset() != base) {
            LOG.error(
                    "{}: records {}..{} are missing; they are not served",
                    directory,
                    segments.get(segments.size() - 1).endOffset(),
                    base - 1);
        }
    }

    private void renameToSealed(long base) throws IOException {
        disk.rename(
                directory.resolve(SegmentNames.of(base, SegmentNames.ACTIVE)),
                directory.resolve(SegmentNames.of(base, SegmentNames.SEALED)));
        disk.forceDirectory(directory);
    }

    /** Reads what came after the checkpoint; null when the segment was never forced and has a torn end. */
    private @Nullable SegmentSummary replaySealed(
            long base, boolean stillActive, boolean unlisted, Optional<Checkpoint> checkpoint)
            throws IOException {
        Path path = directory.resolve(
                SegmentNames.of(base, stillActive ? SegmentNames.ACTIVE : SegmentNames.SEALED));
        SegmentSummary summary = startOf(base, checkpoint);
        long from = summary.sizeInBytes();
        try (DiskFile file = disk.open(path, stillActive ? OpenMode.WRITE : OpenMode.READ)) {
            BatchScan scan = replay(file, summary, new OffsetIndex(), path);
            long position = scan.position();
            TailRepair repair = new TailRepair(disk, file);
            boolean whole = stillActive
                    ? repair.endOfContent(position) == position
                    : file.size() == position;
            if (!whole && stillActive && unlisted) {
                return null;
            }
            if (!whole) {
                damage = new StorageException.CorruptLog(
                        path, position, "a sealed segment is damaged: " + scan.status());
                LOG.error("{}", damage.getMessage());
            } else if (stillActive) {
                repair.rewrite(from, position);
                file.truncate(position);
                file.force();
            }
        }
        return summary;
    }

    private static SegmentSummary startOf(long base, Optional<Checkpoint> checkpoint) {
        return checkpoint
                .filter(c -> c.activeBase() == base)
                .map(c -> c.active().copy())
                .orElseGet(() -> new SegmentSummary(base));
    }

    /** Takes note of every whole batch from the end of {@code summary} on. */
    private BatchScan replay(DiskFile file, SegmentSummary summary, OffsetIndex index, Path path)
            throws IOException {
        BatchScan scan = new BatchScan(window, file, file.size(), summary);
        while (scan.next()) {
            scannedBytes += scan.batch().sizeInBytes();
            keptRecords += scan.batch().recordCount();
            index.add(
                    scan.batch().baseOffset(),
                    (int) summary.sizeInBytes(),
                    scan.batch().sizeInBytes(),
                    scan.batch().maxTimestamp());
            summary.add(scan.batch());
            epochs = epochs.with(scan.batch().epoch(), scan.batch().baseOffset());
            var producer = BatchDoor.producerOf(scan.batch());
            if (producer != null) {
                producers.accept(
                        producer, scan.batch().recordCount(), scan.batch().baseOffset());
            }
        }
        if (scan.status() == BatchStatus.UNSUPPORTED_VERSION) {
            throw new StorageException.UnsupportedFormat(path, scan.versionFound(), 2);
        }
        return scan;
    }

    private record Tail(ActiveSegment active, long torn, Optional<Path> side) {}

    private Tail openActive(long base, Optional<Checkpoint> checkpoint) throws IOException {
        SegmentSummary summary = startOf(base, checkpoint);
        long checkpointed = summary.sizeInBytes();
        OffsetIndex index = new OffsetIndex();
        Segment segment = Segment.active(directory, base, summary, index);
        if (!disk.exists(segment.activePath())) {
            if (checkpointed > 0) {
                damage = new StorageException.CorruptLog(
                        segment.activePath(), 0, "the active segment is missing");
                return new Tail(
                        new ActiveSegment(segment, summary, index, 0, 0), 0, Optional.empty());
            }
            disk.open(segment.activePath(), OpenMode.CREATE_NEW).close();
            disk.forceDirectory(directory);
        }
        try (DiskFile file = disk.open(segment.activePath(), OpenMode.WRITE)) {
            if (file.size() < checkpointed) {
                damage = new StorageException.CorruptLog(
                        segment.activePath(),
                        file.size(),
                        "the file ends below its durable " + checkpointed + " bytes");
                LOG.error("{}", damage.getMessage());
                return new Tail(
                        new ActiveSegment(segment, summary, index, 0, 0), 0, Optional.empty());
            }
            if (checkpointed > 0) {
                index = SegmentIndexes.resume(disk, segment, summary, window);
                segment.keepIndex(index);
            }
            return repair(file, segment, summary, index, checkpoint);
        }
    }

    private Tail repair(
            DiskFile file,
            Segment segment,
            SegmentSummary summary,
            OffsetIndex index,
            Optional<Checkpoint> checkpoint)
            throws IOException {
        long checkpointed = summary.sizeInBytes();
        BatchScan scan = replay(file, summary, index, segment.activePath());
        TailRepair repair = new TailRepair(disk, file);
        long position = scan.position();
        long torn = repair.endOfContent(position) - position;
        Optional<Path> side = repair.cutTorn(segment, position, position + torn);
        if (position > checkpointed) {
            repair.rewrite(checkpointed, position);
        }
        side.ifPresent(path -> LOG.warn(
                "{}: {} bytes of an unfinished write behind offset {} were cut and saved to {}",
                segment.activePath(),
                torn,
                summary.endOffset(),
                path));
        segment.publish(summary);
        long now = store.clock().wallMillis();
        long first = checkpoint
                .filter(c -> c.active().sizeInBytes() > 0 && c.activeBase() == segment.baseOffset())
                .map(Checkpoint::firstAppendMillis)
                .orElse(now);
        return new Tail(new ActiveSegment(segment, summary, index, file.size(), first), torn, side);
    }
}
