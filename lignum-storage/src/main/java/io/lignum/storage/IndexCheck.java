package io.lignum.storage;

import io.lignum.record.RecordBatch;
import io.lignum.storage.env.Disk;
import io.lignum.storage.env.SmallFile;
import io.lignum.storage.internal.segment.OffsetIndex;
import io.lignum.storage.internal.segment.SegmentNames;
import io.lignum.storage.internal.segment.SegmentScan;
import io.lignum.storage.internal.segment.SegmentSummary;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** Compares a saved index with the batches of its segment, as a scan goes through them. */
final class IndexCheck implements SegmentScan.Observer {

    private final Path path;
    private final Optional<OffsetIndex> index;
    private final boolean damaged;
    private int next;
    private boolean wrong;

    private IndexCheck(Path path, Optional<OffsetIndex> index, boolean damaged) {
        this.path = path;
        this.index = index;
        this.damaged = damaged;
    }

    static IndexCheck of(Disk disk, Path directory, long base, long segmentBytes)
            throws IOException {
        Path path = directory.resolve(SegmentNames.of(base, SegmentNames.INDEX));
        if (!disk.exists(path)) {
            return new IndexCheck(path, Optional.empty(), false);
        }
        int bound = OffsetIndex.maxFileBytes(Math.max(segmentBytes, OffsetIndex.INTERVAL_BYTES));
        try {
            Optional<OffsetIndex> index = OffsetIndex.decode(SmallFile.read(disk, path, bound));
            return new IndexCheck(path, index, index.isEmpty());
        } catch (IOException e) {
            // The file is larger than any index of its segment.
            return new IndexCheck(path, Optional.empty(), true);
        }
    }

    @Override
    public void observe(RecordBatch batch, SegmentSummary before) {
        if (index.isEmpty() || wrong || next >= index.get().size()) {
            return;
        }
        OffsetIndex.Place place = index.get().place(next);
        if (place.position() == before.sizeInBytes()) {
            wrong = place.offset() != batch.baseOffset()
                    || index.get().timestamp(next) != before.maxTimestamp();
            next++;
        } else {
            wrong = place.position() < before.sizeInBytes();
        }
    }

    /**
     * The problem that was found, if any. Opening drops entries above the end of an active segment,
     * so those are no findings.
     */
    Optional<Finding> finding(long segmentBytes, boolean active) {
        if (damaged) {
            return Optional.of(new Finding(
                    Finding.Kind.NOTE, path, 0, "the index is not whole and is built again"));
        }
        boolean tooLong = index.isPresent()
                && next < index.get().size()
                && (!active || index.get().place(next).position() < segmentBytes);
        return wrong || tooLong
                ? Optional.of(new Finding(
                        Finding.Kind.WRONG_INDEX,
                        path,
                        0,
                        "the index does not fit its segment; delete it, and it is built again"))
                : Optional.empty();
    }
}
