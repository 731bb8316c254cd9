package io.lignum.storage;

import io.lignum.record.RecordBatch;
import io.lignum.storage.env.Disk;
import io.lignum.storage.env.DiskFile;
import io.lignum.storage.env.OpenMode;
import io.lignum.storage.internal.segment.BatchScan;
import io.lignum.storage.internal.segment.BatchWindow;
import io.lignum.storage.internal.segment.SegmentNames;
import io.lignum.storage.internal.segment.SegmentSummary;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.function.LongConsumer;

/**
 * Inspects the files of one topic, or one file of batches. Changes nothing. One thread at a time.
 *
 * <p>It distinguishes the same cases as recovery; see {@link Finding.Kind}.
 */
public final class TopicInspector {

    /** Larger than any batch of a store. Limits the memory that a damaged length can ask for. */
    static final int MAX_BATCH_BYTES = 128 << 20;

    private final Disk disk;
    private final Path path;
    private final String name;
    private final List<Path> segments;
    private final boolean whole;

    private TopicInspector(Disk disk, Path path, String name, List<Path> segments, boolean whole) {
        this.disk = disk;
        this.path = path;
        this.name = name;
        this.segments = List.copyOf(segments);
        this.whole = whole;
    }

    /** Inspects a topic's directory. Adds problems of its settings to {@code findings}. */
    static TopicInspector of(Disk disk, Path directory, List<Finding> findings) throws IOException {
        TreeSet<Long> bases = new TreeSet<>();
        TreeSet<Long> sealed = new TreeSet<>();
        for (String file : disk.list(directory)) {
            SegmentNames.baseOffset(file, SegmentNames.SEALED).ifPresent(sealed::add);
            SegmentNames.baseOffset(file, SegmentNames.ACTIVE).ifPresent(bases::add);
        }
        bases.addAll(sealed);
        List<Path> segments = new ArrayList<>();
        for (long base : bases) {
            String suffix = sealed.contains(base) ? SegmentNames.SEALED : SegmentNames.ACTIVE;
            segments.add(directory.resolve(SegmentNames.of(base, suffix)));
        }
        String name = name(disk, directory, findings, segments);
        return new TopicInspector(disk, directory, name, segments, true);
    }

    private static String name(
            Disk disk, Path directory, List<Finding> findings, List<Path> segments)
            throws IOException {
        Path meta = directory.resolve(TopicMeta.FILE);
        String id = String.valueOf(directory.getFileName());
        try {
            if (disk.exists(meta)) {
                return TopicMeta.read(disk, directory).name();
            }
            String what = "a topic's settings are missing";
            Finding.Kind kind =
                    holdRecords(disk, segments) ? Finding.Kind.CORRUPTION : Finding.Kind.NOTE;
            findings.add(new Finding(kind, meta, 0, what));
        } catch (StorageException.UnsupportedFormat e) {
            findings.add(new Finding(
                    Finding.Kind.UNSUPPORTED_VERSION, meta, 0, "settings of a later release"));
        } catch (StorageException.CorruptLog e) {
            findings.add(new Finding(
                    Finding.Kind.CORRUPTION, meta, 0, "the topic's settings are damaged"));
        }
        return id;
    }

    private static boolean holdRecords(Disk disk, List<Path> segments) throws IOException {
        for (Path segment : segments) {
            try (DiskFile file = disk.open(segment, OpenMode.READ)) {
                if (file.size() > 0) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Inspects one file of batches: a segment, or a side file. */
    static TopicInspector ofFile(Disk disk, Path file) {
        Path parent = file.getParent();
        return new TopicInspector(
                disk,
                parent == null ? file : parent,
                String.valueOf(file.getFileName()),
                List.of(file),
                false);
    }

    /**
     * Name of the topic; the name of its directory when the settings cannot be read, or of the
     * file.
     */
    public String name() {
        return name;
    }

    /** The topic's directory. */
    public Path path() {
        return path;
    }

    /** Bytes of its segment files, to measure the progress of an inspection. */
    public long bytes() {
        long sum = 0;
        for (Path segment : segments) {
            try (DiskFile file = disk.open(segment, OpenMode.READ)) {
                sum += file.size();
            } catch (IOException e) {
                throw LogInspector.failed("looking at " + segment, e);
            }
        }
        return sum;
    }

    /**
     * Reads every byte of the segments, and compares it with its CRC, its place in the log, the
     * list of sealed segments, the checkpoint and the indexes.
     *
     * @param sealedOnly skip what an open store may be changing
     * @param progress called with the number of bytes after each read
     */
    public InspectionReport verify(boolean sealedOnly, LongConsumer progress) {
        BatchWindow window = new BatchWindow(MAX_BATCH_BYTES);
        try {
            if (!whole) {
                return new TopicCheck(disk, path, window, progress).runOne(segments.get(0));
            }
            return new TopicCheck(disk, path, window, progress).run(segments, sealedOnly);
        } catch (IOException e) {
            throw LogInspector.failed("reading " + path, e);
        }
    }

    /**
     * Shows the batches that hold records of {@code [from, to)}, in order. Ends a segment at bytes
     * that are not the next batch, and goes on with the next segment.
     *
     * @return why segments ended early, as {@link #verify} reports it; empty if none did
     * @throws IOException thrown by the visitor
     */
    public List<Finding> visit(long from, long to, boolean sealedOnly, BatchVisitor visitor)
            throws IOException {
        BatchWindow window = new BatchWindow(MAX_BATCH_BYTES);
        List<Path> endedEarly = new ArrayList<>();
        for (int i = 0; i < segments.size(); i++) {
            boolean before = i + 1 < segments.size() && baseOf(segments.get(i + 1)) <= from;
            boolean skipped = sealedOnly && TopicCheck.isActive(segments.get(i));
            if (before || skipped) {
                continue;
            }
            try (DiskFile file = disk.open(segments.get(i), OpenMode.READ)) {
                SegmentSummary start = new SegmentSummary(baseOf(segments.get(i)));
                BatchScan scan = new BatchScan(window, file, file.size(), start, 0);
                if (!visit(segments.get(i), scan, from, to, visitor)) {
                    break;
                }
                if (TopicCheck.endedEarly(disk, segments.get(i), file, scan)) {
                    endedEarly.add(segments.get(i));
                }
            }
        }
        return endedEarly.isEmpty() ? List.of() : findingsOf(endedEarly, sealedOnly);
    }

    private List<Finding> findingsOf(List<Path> files, boolean sealedOnly) {
        return verify(sealedOnly, progress -> {}).findings().stream()
                .filter(finding -> files.contains(finding.file()))
                .filter(finding -> finding.kind().compareTo(Finding.Kind.WRONG_INDEX) > 0)
                .toList();
    }

    /** Returns false if the visit is over, and true if it goes on with the next segment. */
    private static boolean visit(
            Path segment, BatchScan scan, long from, long to, BatchVisitor visitor)
            throws IOException {
        long position = 0;
        while (scan.next()) {
            RecordBatch batch = scan.batch();
            if (batch.baseOffset() >= to) {
                return false;
            }
            if (batch.nextOffset() > from && !visitor.visit(batch, segment, position)) {
                return false;
            }
            position = scan.position();
        }
        return true;
    }

    /** The first offset of a file: from its name, or else from its first batch. */
    private long baseOf(Path segment) {
        try {
            return TopicCheck.baseOf(disk, segment);
        } catch (IOException e) {
            throw LogInspector.failed("reading " + segment, e);
        }
    }
}
