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
 * Empties a log and lets it go on at an offset at or above its end. A follower needs that when its
 * leader has trimmed records that it lacks. An empty log may also go on below its end.
 *
 * <p>In this order, each step durable before the next: create a segment; write a checkpoint that
 * says that the log starts there. A crash before the checkpoint leaves the log as it was; recovery
 * moves the new, empty segment to a side file, or deletes it if it is below the start. After the
 * checkpoint the old segments are below the start, like trimmed ones; an empty one may be above,
 * and recovery moves it to a side file.
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
     * Creates the segment and the checkpoint. Everything that was written is forced, and sealed but
     * for the active segment. The caller then forces the directory, and after that deletes the old
     * segments. A high watermark below the offset is raised to it.
     *
     * @param producers the producers of batches below the offset
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
