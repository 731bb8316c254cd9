package io.lignum.storage;

import io.lignum.storage.env.Disk;
import io.lignum.storage.env.OpenMode;
import io.lignum.storage.env.ShortageException;
import io.lignum.storage.internal.segment.ActiveSegment;
import io.lignum.storage.internal.segment.Checkpoint;
import io.lignum.storage.internal.segment.ProducerStates;

import java.io.IOException;
import java.util.OptionalLong;

/**
 * Empties a log and lets it go on at an offset at or above its end, as a follower must that lacks
 * records which its leader has trimmed; an empty log also at an offset below.
 *
 * <p>In this order, each step durable before the next: a new segment; a checkpoint that says that
 * the log starts there. After a crash before the second the log opens as it was, with the new
 * segment, which is empty and does not follow, put aside, or deleted if it is below the start;
 * after it the old segments are below the start, as trimmed ones are, or one that is empty is
 * above, and put aside.
 *
 * <p>Run by the log's writer only.
 */
final class Restart {

    private final Disk disk;
    private final LogState state;

    Restart(StoreShared store, LogState state) {
        this.state = state;
        disk = store.disk();
    }

    /**
     * All that was written is forced and sealed, but for the active segment. Afterwards the
     * directory is to be forced, and then the old segments to be deleted. A high watermark below
     * the offset is raised to it.
     *
     * @param producers of batches below the offset
     */
    void run(long offset, ProducerStates producers) throws IOException {
        ActiveSegment active = state.active();
        boolean there = active.isEmpty() && active.segment().baseOffset() == offset;
        ActiveSegment next = there ? active : ActiveSegment.empty(state.directory(), offset);
        Checkpoint checkpoint = Checkpoint.startingAt(offset, watermark(offset), producers);
        try {
            if (!there) {
                create(next);
            }
            checkpoint.write(disk, state.directory());
        } catch (ShortageException e) {
            if (!there) {
                disk.delete(next.segment().activePath());
            }
            throw e;
        }
        state.restarted(next, producers);
        state.checkpointed(checkpoint);
    }

    private OptionalLong watermark(long offset) {
        OptionalLong present = state.highWatermark();
        return present.isPresent()
                ? OptionalLong.of(Math.max(present.getAsLong(), offset))
                : present;
    }

    private void create(ActiveSegment next) throws IOException {
        disk.open(next.segment().activePath(), OpenMode.CREATE_NEW).close();
        disk.forceDirectory(state.directory());
    }
}
