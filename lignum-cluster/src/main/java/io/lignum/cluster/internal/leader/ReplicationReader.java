package io.lignum.cluster.internal.leader;

import io.lignum.record.RecordBatch;
import io.lignum.storage.LogCursor;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/**
 * Reads a log from its files and gathers whole batches into messages for a follower. One object per
 * turn of {@link ReplicationSender}, on its thread; blocks on the disk.
 */
final class ReplicationReader implements AutoCloseable {

    /** Most bytes of a message, unless a single batch is larger. */
    static final int MAX_BYTES = 512 * 1024;

    private static final int FIRST_BYTES = 8 * 1024;

    /** The batches of one message. */
    record Chunk(long base, long end, ByteBuffer batches) {}

    private final LogCursor cursor;
    private long next;
    private boolean pending; // The cursor is at a batch that is not in a message yet.

    /** Throws what {@link LogCursor} throws if there is nothing to read at {@code from}. */
    ReplicationReader(LeaderTopic topic, long from) {
        cursor = topic.log().replicationCursor(from);
        next = from;
    }

    /** The next message, of batches that begin below {@code limit}; empty without such a batch. */
    Optional<Chunk> next(long limit) {
        byte[] bytes = new byte[0];
        int length = 0;
        long base = next;
        while (next < limit && (pending || cursor.next())) {
            pending = true;
            RecordBatch batch = cursor.batch();
            int size = batch.sizeInBytes();
            if (length > 0 && length + size > MAX_BYTES) {
                break;
            }
            bytes = withCapacity(bytes, length, size);
            ByteBuffer slice = batch.slice();
            slice.get(slice.position(), bytes, length, size);
            length += size;
            next = batch.nextOffset();
            pending = false;
        }
        return length == 0
                ? Optional.empty()
                : Optional.of(new Chunk(base, next, ByteBuffer.wrap(bytes, 0, length)));
    }

    private static byte[] withCapacity(byte[] bytes, int length, int size) {
        if (length + size <= bytes.length) {
            return bytes;
        }
        int wanted = length == 0 ? Math.max(size, FIRST_BYTES) : Math.min(MAX_BYTES, 4 * length);
        return Arrays.copyOf(bytes, Math.max(wanted, length + size));
    }

    @Override
    public void close() {
        cursor.close();
    }
}
