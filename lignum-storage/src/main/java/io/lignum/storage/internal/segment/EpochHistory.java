package io.lignum.storage.internal.segment;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Holds the epochs of a log and the offset at which each begins, oldest first. Immutable.
 *
 * <p>A follower uses it to find where its log and the leader's diverge (KIP-101, KIP-279). The
 * epochs are those of batches, so an epoch without appends is not in it.
 */
public final class EpochHistory {

    public static final EpochHistory EMPTY = new EpochHistory(new int[0], new long[0]);

    /**
     * An epoch and where it ends.
     *
     * @param offset exclusive: where the next epoch begins, or the log ends
     */
    public record End(int epoch, long offset) {}

    private final int[] epochs;
    private final long[] starts;

    private EpochHistory(int[] epochs, long[] starts) {
        this.epochs = epochs;
        this.starts = starts;
    }

    /** Adds a batch; returns this object if the history already has its epoch. */
    public EpochHistory with(int epoch, long offset) {
        int n = epochs.length;
        if (n > 0 && epochs[n - 1] >= epoch) {
            Checks.invariant(epochs[n - 1] == epoch, "epochs never decrease along a log");
            return this;
        }
        int[] moreEpochs = Arrays.copyOf(epochs, n + 1);
        long[] moreStarts = Arrays.copyOf(starts, n + 1);
        moreEpochs[n] = epoch;
        moreStarts[n] = offset;
        return new EpochHistory(moreEpochs, moreStarts);
    }

    /** Without the epochs that begin at or above {@code offset}. */
    public EpochHistory truncatedTo(long offset) {
        int n = epochs.length;
        while (n > 0 && starts[n - 1] >= offset) {
            n--;
        }
        return n == epochs.length
                ? this
                : new EpochHistory(Arrays.copyOf(epochs, n), Arrays.copyOf(starts, n));
    }

    /** Without the epochs that ended at or below {@code offset}, the first stored one. */
    public EpochHistory trimmedTo(long offset) {
        int from = 0;
        while (from + 1 < epochs.length && starts[from + 1] <= offset) {
            from++;
        }
        int to = epochs.length;
        return from == 0
                ? this
                : new EpochHistory(
                        Arrays.copyOfRange(epochs, from, to), Arrays.copyOfRange(starts, from, to));
    }

    /**
     * The largest epoch not above {@code epoch}, and where it ends; epoch 0 ending at 0 if all
     * epochs are larger.
     */
    public End endOf(int epoch, long logEndOffset) {
        int at = Arrays.binarySearch(epochs, epoch);
        int found = at >= 0 ? at : -at - 2;
        if (found < 0) {
            return new End(0, 0);
        }
        return new End(epochs[found], found + 1 < epochs.length ? starts[found + 1] : logEndOffset);
    }

    public boolean isEmpty() {
        return epochs.length == 0;
    }

    /** Epoch of the last batch; 0 for an empty log. */
    public int last() {
        return epochs.length == 0 ? 0 : epochs[epochs.length - 1];
    }

    public int encodedBytes() {
        return 4 + 12 * epochs.length;
    }

    public void encode(ByteBuffer out) {
        out.putInt(epochs.length);
        for (int i = 0; i < epochs.length; i++) {
            out.putInt(epochs[i]).putLong(starts[i]);
        }
    }

    public static EpochHistory decode(ByteBuffer in) {
        int n = in.getInt();
        Checks.range("number of epochs", n, 0, in.remaining() / 12);
        int[] epochs = new int[n];
        long[] starts = new long[n];
        for (int i = 0; i < n; i++) {
            epochs[i] = in.getInt();
            starts[i] = in.getLong();
            Checks.range("epoch", epochs[i], i == 0 ? 0 : epochs[i - 1] + 1L, Integer.MAX_VALUE);
            Checks.range("start", starts[i], i == 0 ? 0 : starts[i - 1], Long.MAX_VALUE);
        }
        return new EpochHistory(epochs, starts);
    }
}
