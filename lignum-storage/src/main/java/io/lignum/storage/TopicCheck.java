package io.lignum.storage;

import io.lignum.record.BatchStatus;
import io.lignum.record.RecordBatch;
import io.lignum.storage.env.Disk;
import io.lignum.storage.env.DiskFile;
import io.lignum.storage.env.OpenMode;
import io.lignum.storage.env.SmallFile;
import io.lignum.storage.internal.segment.BatchScan;
import io.lignum.storage.internal.segment.BatchWindow;
import io.lignum.storage.internal.segment.Checkpoint;
import io.lignum.storage.internal.segment.DurableState;
import io.lignum.storage.internal.segment.SegmentManifest;
import io.lignum.storage.internal.segment.SegmentNames;
import io.lignum.storage.internal.segment.SegmentScan;
import io.lignum.storage.internal.segment.SegmentSummary;
import io.lignum.storage.internal.segment.TailRepair;
import io.lignum.storage.internal.segment.UnsupportedVersionException;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongConsumer;

/**
 * Checks the files of one topic against each other, as recovery and a scrub together would, and
 * changes none. Used once, by one thread.
 */
final class TopicCheck {

    private final Disk disk;
    private final Path directory;
    private final BatchWindow window;
    private final LongConsumer progress;
    private final List<Finding> findings = new ArrayList<>();
    private DurableState durable = new DurableState(Optional.empty(), Optional.empty());
    private OptionalLong end = OptionalLong.empty();
    /** Where the next segment should begin, also behind a damaged one. */
    private OptionalLong expected = OptionalLong.empty();

    private OptionalLong first = OptionalLong.empty();
    private int lastEpoch;
    private boolean behindTorn;
    private int segments;
    private long batches;
    private long records;
    private long bytes;

    TopicCheck(Disk disk, Path directory, BatchWindow window, LongConsumer progress) {
        this.disk = disk;
        this.directory = directory;
        this.window = window;
        this.progress = progress;
    }

    InspectionReport run(List<Path> files, boolean sealedOnly) throws IOException {
        Optional<Checkpoint> checkpoint = loadCheckpoint();
        durable = new DurableState(checkpoint, loadManifest(checkpoint, files, sealedOnly));
        for (Path file : files) {
            if (!(sealedOnly && isActive(file))) {
                follow(file);
                checkOne(file, sealedOnly);
            }
        }
        if (!sealedOnly) {
            checkDurableEnd(files);
        }
        return report();
    }

    /** Checks a file on its own; of the files next to it, only what they say about this one. */
    InspectionReport runOne(Path file) throws IOException {
        Optional<Checkpoint> checkpoint = loadCheckpoint();
        durable = new DurableState(checkpoint, loadManifest(checkpoint, List.of(file), true));
        findings.clear(); // Findings about other files.
        checkOne(file, false);
        return report();
    }

    private InspectionReport report() {
        long start = first.orElse(0);
        return new InspectionReport(
                segments, batches, records, bytes, start, end.orElse(start), findings);
    }

    // ---- the small files

    private Optional<SegmentManifest> loadManifest(
            Optional<Checkpoint> checkpoint, List<Path> files, boolean beingWritten)
            throws IOException {
        Path path = directory.resolve(SegmentManifest.NAME);
        if (!disk.exists(path)) {
            return Optional.empty();
        }
        try {
            SegmentManifest loaded = SegmentManifest.load(disk, directory);
            long behind = size(path) - loaded.understoodBytes();
            if (behind > 0 && behind <= unfinishedBytes(checkpoint, loaded, files)) {
                Finding.Kind kind = beingWritten ? Finding.Kind.NOTE : Finding.Kind.TORN_TAIL;
                add(kind, path, loaded.understoodBytes(), "an entry that was never finished");
            } else if (behind > 0) {
                corrupt(
                        path,
                        loaded.understoodBytes(),
                        "the list of sealed segments is damaged; the segments themselves count");
            }
            return Optional.of(loaded);
        } catch (UnsupportedVersionException e) {
            add(Finding.Kind.UNSUPPORTED_VERSION, path, 0, "a list of a later release");
            return Optional.empty();
        }
    }

    /**
     * The largest size of an unfinished entry. An entry that was never forced can have its full
     * length already; but entries of segments below the checkpoint's were forced before that was
     * written.
     */
    private static int unfinishedBytes(
            Optional<Checkpoint> checkpoint, SegmentManifest list, List<Path> files) {
        long forced = checkpoint.map(Checkpoint::activeBase).orElse(0L);
        boolean missing = files.stream()
                .filter(file -> !isActive(file))
                .mapToLong(file -> SegmentNames.baseOffset(file).orElse(forced))
                .anyMatch(base -> base < forced && list.find(base).isEmpty());
        return list.nextWriteBytes() - (missing ? 1 : 0);
    }

    private Optional<Checkpoint> loadCheckpoint() throws IOException {
        Path path = directory.resolve(Checkpoint.NAME);
        try {
            Optional<Checkpoint> loaded = Checkpoint.read(disk, directory, Integer.MAX_VALUE);
            if (loaded.isEmpty() && disk.exists(path)) {
                corrupt(path, 0, "the checkpoint is damaged; the log will be scanned whole");
            }
            return loaded;
        } catch (UnsupportedVersionException e) {
            add(Finding.Kind.UNSUPPORTED_VERSION, path, 0, "a checkpoint of a later release");
            return Optional.empty();
        }
    }

    private long size(Path path) throws IOException {
        try (DiskFile file = disk.open(path, OpenMode.READ)) {
            return file.size();
        }
    }

    private void corrupt(Path file, long position, String what) {
        add(Finding.Kind.CORRUPTION, file, position, what);
    }

    private void add(Finding.Kind kind, Path file, long position, String what) {
        findings.add(new Finding(kind, file, position, what));
    }

    // ---- one segment after the other

    static boolean isActive(Path file) {
        return String.valueOf(file.getFileName()).endsWith(SegmentNames.ACTIVE);
    }

    /** The first offset of a file: from its name, or else from its first batch. */
    static long baseOf(Disk disk, Path file) throws IOException {
        OptionalLong named = SegmentNames.baseOffset(file);
        if (named.isPresent()) {
            return named.getAsLong();
        }
        try (DiskFile open = disk.open(file, OpenMode.READ)) {
            if (open.size() < RecordBatch.HEADER_BYTES) {
                return 0;
            }
            ByteBuffer head = ByteBuffer.allocate(RecordBatch.HEADER_BYTES);
            SmallFile.readFully(open, head, 0);
            return Math.max(0, RecordBatch.at(head.flip(), 0).baseOffset());
        }
    }

    /** Checks that the segment begins where the one before it ends. */
    private void follow(Path file) {
        long base = SegmentNames.baseOffset(file).orElse(0);
        long start = durable.logStartOffset(base);
        long before = expected.orElse(Math.min(start, base));
        if (base < before && expected.isPresent()) {
            corrupt(
                    file,
                    0,
                    "begins at offset " + base + ", below " + before
                            + " where the segment before it ends");
        } else if (base > before && base > start) {
            String missing = "records " + Math.max(before, start) + ".." + (base - 1);
            if (behindTorn || durable.isUnfinishedGap(before, base)) {
                behindTorn = true;
                add(
                        Finding.Kind.TORN_TAIL,
                        file,
                        0,
                        "stands behind an unfinished write: " + missing + " are not there");
            } else {
                corrupt(file, 0, missing + " before it are missing");
            }
        }
    }

    private void checkOne(Path path, boolean live) throws IOException {
        long base = baseOf(disk, path);
        try (DiskFile file = disk.open(path, OpenMode.READ)) {
            SegmentSummary summary = new SegmentSummary(base);
            IndexCheck index = IndexCheck.of(disk, directory, base, file.size());
            SegmentScan segment = new SegmentScan(
                    new BatchScan(window, file, file.size(), summary, lastEpoch), summary, index);
            boolean agrees = read(segment, summary, durable.checkpointed(base));
            BatchScan scan = segment.batches();
            segments++;
            bytes += summary.sizeInBytes();
            if (endedEarly(disk, path, file, scan)) {
                judge(path, scan, summary, base);
            } else if (!agrees || !durable.listed(base).orElse(summary).equals(summary)) {
                corrupt(
                        path,
                        0,
                        "whole batches, but not those that were noted when they were durable");
            }
            index.finding(summary.sizeInBytes(), isActive(path)).ifPresent(findings::add);
            first = first.isPresent() ? first : OptionalLong.of(base);
            end = OptionalLong.of(summary.endOffset());
            long listedEnd = durable.listed(base).orElse(summary).endOffset();
            expected = OptionalLong.of(Math.max(summary.endOffset(), listedEnd));
        } catch (NoSuchFileException e) {
            if (!live) {
                throw e;
            } // Else retention removed it.
        }
    }

    /** Whether a scan that is over left bytes of the file that are not the next batch. */
    static boolean endedEarly(Disk disk, Path path, DiskFile file, BatchScan scan)
            throws IOException {
        long size = isActive(path)
                ? new TailRepair(disk, file).endOfContent(scan.position())
                : file.size();
        return size > scan.position() || scan.status() == BatchStatus.UNSUPPORTED_VERSION;
    }

    /** Goes through the batches; false when they are not those that the checkpoint knows. */
    private boolean read(SegmentScan scan, SegmentSummary summary, Optional<SegmentSummary> known)
            throws IOException {
        boolean agrees = true;
        while (scan.next()) {
            RecordBatch batch = scan.batch();
            batches++;
            records += batch.recordCount();
            lastEpoch = batch.epoch();
            progress.accept(batch.sizeInBytes());
            if (known.isPresent() && known.get().sizeInBytes() == summary.sizeInBytes()) {
                agrees = known.get().equals(summary);
            }
        }
        return agrees;
    }

    /**
     * Decides what the bytes behind the last whole batch are: unfinished, of a later release, or
     * damaged.
     */
    private void judge(Path path, BatchScan scan, SegmentSummary summary, long base)
            throws IOException {
        if (scan.status() == BatchStatus.UNSUPPORTED_VERSION) {
            add(
                    Finding.Kind.UNSUPPORTED_VERSION,
                    path,
                    scan.position(),
                    "a batch of version " + scan.versionFound() + "; this release reads version 2");
            return;
        }
        boolean torn = durable.isUnfinishedWrite(base, isActive(path), summary.sizeInBytes());
        behindTorn |= torn;
        String what = scan.problem();
        add(
                torn ? Finding.Kind.TORN_TAIL : Finding.Kind.CORRUPTION,
                path,
                scan.position(),
                torn ? "an unfinished write: " + what : what);
    }

    /** Checks that the log reaches its durable end. */
    private void checkDurableEnd(List<Path> files) {
        long durableEnd = durable.endOffset();
        boolean explained =
                findings.stream().anyMatch(f -> f.kind().compareTo(Finding.Kind.TORN_TAIL) > 0);
        if (end.orElse(0) < durableEnd && !explained) {
            Path at = files.isEmpty() ? directory : files.get(files.size() - 1);
            corrupt(
                    at,
                    0,
                    "the log ends at offset " + end.orElse(0) + ", below its durable end "
                            + durableEnd);
        }
    }
}
