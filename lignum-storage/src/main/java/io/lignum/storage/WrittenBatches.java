package io.lignum.storage;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * The record batches that one write added to a log. Valid only during the call of the
 * {@link StoreListener} that gets it, on the thread of that call: the buffers are used again.
 */
public final class WrittenBatches {

    private final List<AppendGroup> groups;
    private final long baseOffset;
    private final long endOffset;
    private final int sizeInBytes;

    /** @param groups what was written, in order */
    WrittenBatches(List<AppendGroup> groups, long baseOffset, long endOffset, int sizeInBytes) {
        this.groups = groups;
        this.baseOffset = baseOffset;
        this.endOffset = endOffset;
        this.sizeInBytes = sizeInBytes;
    }

    /** The offset of the first record. */
    public long baseOffset() {
        return baseOffset;
    }

    /** The offset after the last record; {@link #baseOffset} if nothing was written. */
    public long endOffset() {
        return endOffset;
    }

    /** Total size of the batches; may be 0. */
    public int sizeInBytes() {
        return sizeInBytes;
    }

    /** A copy of the batches as they are on the disk, one after the other. */
    public ByteBuffer copy() {
        ByteBuffer copy = ByteBuffer.allocate(sizeInBytes);
        for (AppendGroup group : groups) {
            copy.put(group.buffer().duplicate().rewind());
        }
        return copy.flip();
    }
}
