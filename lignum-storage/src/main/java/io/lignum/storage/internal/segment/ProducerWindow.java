package io.lignum.storage.internal.segment;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.OptionalLong;

/**
 * Holds the epoch and the last batches of one producer, at most {@link #MAX_BATCHES}. Uses two
 * longs for each batch, since a topic can have many producers.
 */
public final class ProducerWindow {

    /** Batches that one producer may have in flight and still repeat. */
    static final int MAX_BATCHES = 16;

    static final int HEAD_BYTES = 2 + 2;
    static final int BATCH_BYTES = 4 + 4 + 8;

    private static final int SEQUENCE_MASK =
            Integer.MAX_VALUE; // Sequences wrap to 0 after 2^31 - 1.

    private final short epoch;
    private long[] words =
            new long[2]; // First sequence << 32 | count, then first offset; oldest first.
    private int size;
    private long seenMillis;

    public ProducerWindow(short epoch) {
        this.epoch = epoch;
    }

    public ProducerWindow copy() {
        ProducerWindow copy = new ProducerWindow(epoch);
        copy.words = Arrays.copyOf(words, Math.max(2, 2 * size));
        copy.size = size;
        copy.seenMillis = seenMillis;
        return copy;
    }

    public short epoch() {
        return epoch;
    }

    public boolean isEmpty() {
        return size == 0;
    }

    public boolean isFull() {
        return size == MAX_BATCHES;
    }

    /** Wall clock of this node when it got the last batch. */
    long seenMillis() {
        return seenMillis;
    }

    void seenAt(long wallMillis) {
        seenMillis = wallMillis;
    }

    private int firstSequence(int i) {
        return (int) (words[2 * i] >>> 32);
    }

    private int count(int i) {
        return (int) words[2 * i];
    }

    private long firstOffset(int i) {
        return words[2 * i + 1];
    }

    int nextSequence() {
        return (firstSequence(size - 1) + count(size - 1)) & SEQUENCE_MASK;
    }

    /** Whether a sequence precedes another one, which may have wrapped since. */
    public static boolean isBelow(int sequence, int other) {
        return ((sequence - other) & SEQUENCE_MASK) > SEQUENCE_MASK / 2;
    }

    public long lastOffset() {
        return firstOffset(size - 1);
    }

    /**
     * Whether no older batch is needed: it is full, or begins with sequence 0, as each epoch does.
     */
    public boolean needsNoOlder() {
        return size == MAX_BATCHES || beginsAtZero();
    }

    boolean beginsAtZero() {
        return size > 0 && firstSequence(0) == 0;
    }

    /** The first offset of a batch; empty if the batch is not among those remembered. */
    OptionalLong offsetOf(int sequence, int count) {
        for (int i = 0; i < size; i++) {
            if (firstSequence(i) == sequence && count(i) == count) {
                return OptionalLong.of(firstOffset(i));
            }
        }
        return OptionalLong.empty();
    }

    /** Adds the newest batch; drops the oldest if there are too many. */
    public void add(int sequence, int count, long firstOffset) {
        if (size == MAX_BATCHES) {
            System.arraycopy(words, 2, words, 0, 2 * (size - 1));
            size--;
        }
        grow();
        set(size++, sequence, count, firstOffset);
    }

    private void grow() {
        if (2 * size == words.length) {
            words = Arrays.copyOf(words, Math.min(2 * MAX_BATCHES, 2 * words.length));
        }
    }

    private void set(int i, int sequence, int count, long firstOffset) {
        words[2 * i] = ((long) sequence << 32) | count;
        words[2 * i + 1] = firstOffset;
    }

    public void removeLast() {
        size--;
    }

    /** Adds batches of {@code older} that precede the first one here, up to the limit. */
    public void addOlder(ProducerWindow older) {
        for (int i = older.size - 1; i >= 0 && size < MAX_BATCHES; i--) {
            if (size == 0 || older.firstOffset(i) < firstOffset(0)) {
                grow();
                System.arraycopy(words, 0, words, 2, 2 * size);
                size++;
                set(0, older.firstSequence(i), older.count(i), older.firstOffset(i));
            }
        }
    }

    public int encodedBytes() {
        return HEAD_BYTES + size * BATCH_BYTES;
    }

    /** i16 epoch, i16 batches; each i32 first sequence, i32 count, i64 offset. */
    public void encode(ByteBuffer out) {
        out.putShort(epoch).putShort((short) size);
        for (int i = 0; i < size; i++) {
            out.putInt(firstSequence(i)).putInt(count(i)).putLong(firstOffset(i));
        }
    }

    public static ProducerWindow decode(ByteBuffer in) {
        ProducerWindow window = new ProducerWindow(in.getShort());
        int batches = in.getShort();
        Checks.range("number of batches", batches, 1, MAX_BATCHES);
        for (int i = 0; i < batches; i++) {
            window.add(in.getInt(), in.getInt(), in.getLong());
        }
        return window;
    }
}
