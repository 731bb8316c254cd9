package io.lignum.storage.internal.segment;

import io.lignum.record.ProducerStamp;

import org.jspecify.annotations.Nullable;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;

/**
 * Remembers the idempotent producers of a log: the epoch and the last sixteen batches of each. The
 * log then answers a repeated batch with its first offset, and notices a gap (R34; the scheme of
 * KIP-98).
 *
 * <p>Holds at most {@code maxProducers}. It forgets the producer whose last batch is the oldest,
 * and one that sent nothing for the store's producer expiry, by the clock of each node. Otherwise
 * the states follow from the batches of the log alone, so a follower's equal its leader's. Guarded
 * by its owner.
 */
public final class ProducerStates {

    public static final int WINDOW = ProducerWindow.MAX_BATCHES;

    private static final int ID_BYTES = 8;

    private final int maxProducers;
    private final LinkedHashMap<Long, ProducerWindow> states =
            new LinkedHashMap<>(); // Ordered by last batch.

    public ProducerStates(int maxProducers) {
        this.maxProducers = maxProducers;
    }

    public ProducerStates copy() {
        ProducerStates copy = new ProducerStates(maxProducers);
        states.forEach((id, state) -> copy.states.put(id, state.copy()));
        return copy;
    }

    /** Why a batch cannot be appended. */
    public enum Reason {
        /** The producer is not known, and its sequence does not start at 0. */
        UNKNOWN_PRODUCER,
        /** A higher epoch of the producer is known. */
        OLD_EPOCH,
        /** A batch before this one is missing. */
        GAP,
        /** Its sequence was appended before, and its place is not remembered. */
        OLD_REPEAT
    }

    /**
     * A batch that cannot be appended.
     *
     * @param expected the next sequence; of OLD_EPOCH the epoch that is known
     */
    public record Rejection(Reason reason, int expected) {}

    /** Null for the next batch of its producer, and for a repeat that {@link #firstCopy} finds. */
    @Nullable
    public Rejection check(ProducerStamp stamp, int count) {
        ProducerWindow state = states.get(stamp.producerId());
        int sequence = stamp.baseSequence();
        if (state == null) {
            return sequence == 0 ? null : new Rejection(Reason.UNKNOWN_PRODUCER, 0);
        }
        if (stamp.producerEpoch() < state.epoch()) {
            return new Rejection(Reason.OLD_EPOCH, state.epoch());
        }
        boolean newEpoch = stamp.producerEpoch() > state.epoch();
        int expected = newEpoch ? 0 : state.nextSequence();
        if (sequence == expected || firstCopy(stamp, count).isPresent()) {
            return null;
        }
        boolean appendedBefore = !newEpoch && ProducerWindow.isBelow(sequence, expected);
        return new Rejection(appendedBefore ? Reason.OLD_REPEAT : Reason.GAP, expected);
    }

    /** The first offset of the first copy of a batch; empty if the batch is not a known repeat. */
    public OptionalLong firstCopy(ProducerStamp stamp, int count) {
        ProducerWindow state = states.get(stamp.producerId());
        return state != null && state.epoch() == stamp.producerEpoch()
                ? state.offsetOf(stamp.baseSequence(), count)
                : OptionalLong.empty();
    }

    /**
     * Remembers a batch that is in the log; a batch that is known already changes nothing.
     *
     * @param nowMillis wall clock of this node
     */
    public void accept(ProducerStamp stamp, int count, long firstOffset, long nowMillis) {
        ProducerWindow state = states.get(stamp.producerId());
        if (state != null && state.lastOffset() >= firstOffset) {
            return;
        }
        states.remove(stamp.producerId());
        if (state == null || state.epoch() != stamp.producerEpoch()) {
            state = new ProducerWindow(stamp.producerEpoch());
        }
        states.put(stamp.producerId(), state);
        if (states.size() > maxProducers) {
            states.remove(states.keySet().iterator().next());
        }
        state.add(stamp.baseSequence(), count, firstOffset);
        state.seenAt(nowMillis);
    }

    /** Forgets producers whose last batch came before this time; true if there were any. */
    public boolean expire(long beforeMillis) {
        boolean any = false;
        Iterator<ProducerWindow> oldest = states.values().iterator();
        while (oldest.hasNext() && oldest.next().seenMillis() < beforeMillis) {
            oldest.remove();
            any = true;
        }
        return any;
    }

    /**
     * Lowers times that are in the future, so that a clock that was wrong, or a file without times,
     * does not keep a producer for ever.
     */
    public void seenBy(long nowMillis) {
        states.values().forEach(state -> state.seenAt(Math.min(nowMillis, state.seenMillis())));
    }

    /**
     * Forgets batches at or above {@code offset}, which are cut from the log.
     *
     * @return producers that may have more batches below than are known here
     */
    public Set<Long> truncateTo(long offset) {
        Set<Long> unsure = new TreeSet<>();
        for (Map.Entry<Long, ProducerWindow> entry : states.entrySet()) {
            ProducerWindow state = entry.getValue();
            if (state.lastOffset() >= offset && !truncate(state, offset)) {
                unsure.add(entry.getKey());
            }
        }
        states.values().removeIf(ProducerWindow::isEmpty);
        sort();
        return unsure;
    }

    /** True when no batch below can be missing. */
    private static boolean truncate(ProducerWindow state, long offset) {
        boolean first = state.epoch() == 0 && state.beginsAtZero();
        while (!state.isEmpty() && state.lastOffset() >= offset) {
            state.removeLast();
        }
        return first || (!state.isEmpty() && state.needsNoOlder());
    }

    /** Adds batches from {@code older} that precede those known here. */
    public void addOlder(ProducerStates older) {
        older.states.forEach((id, before) -> {
            ProducerWindow state = states.get(id);
            if (state == null) {
                states.put(id, before.copy());
            } else if (state.epoch() == before.epoch()) {
                state.addOlder(before);
            }
        });
    }

    /** Whether all batches of the producer's window are known. */
    public boolean needsNoOlder(long id) {
        ProducerWindow state = states.get(id);
        return state != null && state.needsNoOlder();
    }

    /** Takes over the states of {@code better}. */
    public void replaceBy(ProducerStates better) {
        better.states.forEach((id, state) -> states.put(id, state.copy()));
        sort();
    }

    private void sort() {
        List<Map.Entry<Long, ProducerWindow>> sorted = new ArrayList<>(states.entrySet());
        sorted.sort(Comparator.comparingLong(entry -> entry.getValue().lastOffset()));
        states.clear();
        sorted.forEach(entry -> states.put(entry.getKey(), entry.getValue()));
        while (states.size() > maxProducers) {
            states.remove(states.keySet().iterator().next());
        }
    }

    public boolean isEmpty() {
        return states.isEmpty();
    }

    public int encodedBytes() {
        int bytes = 4;
        for (ProducerWindow state : states.values()) {
            bytes += ID_BYTES + state.encodedBytes();
        }
        return bytes;
    }

    /** The oldest last batch first, so that decoding restores the order. */
    public void encode(ByteBuffer out) {
        out.putInt(states.size());
        states.forEach((id, state) -> {
            out.putLong(id);
            state.encode(out);
        });
    }

    int encodedTimesBytes() {
        return 8 * states.size();
    }

    /** The time of each producer's last batch, in the order of {@link #encode}. */
    void encodeTimes(ByteBuffer out) {
        states.values().forEach(state -> out.putLong(state.seenMillis()));
    }

    void decodeTimes(ByteBuffer in) {
        states.values().forEach(state -> state.seenAt(in.getLong()));
    }

    /**
     * Decodes states without times. Each producer counts as seen in the far future until
     * {@link #seenBy}.
     */
    public static ProducerStates decode(ByteBuffer in, int maxProducers) {
        ProducerStates result = new ProducerStates(maxProducers);
        int n = in.getInt();
        Checks.range(
                "number of producers",
                n,
                0,
                in.remaining() / (ID_BYTES + ProducerWindow.HEAD_BYTES));
        for (int i = 0; i < n; i++) {
            long id = in.getLong();
            ProducerWindow state = ProducerWindow.decode(in);
            state.seenAt(Long.MAX_VALUE);
            result.states.put(id, state);
        }
        return result;
    }

    /**
     * Encodes what is known of batches below an offset, for another node: the producers with the
     * latest batches, as many as fit in {@code maxBytes}.
     */
    public ByteBuffer below(long offset, int maxBytes) {
        ProducerStates all = copy();
        all.truncateTo(offset);
        while (all.encodedBytes() > maxBytes) {
            all.forgetOldest(1 + all.states.size() / 8);
        }
        ByteBuffer out = ByteBuffer.allocate(all.encodedBytes());
        all.encode(out);
        return out.flip();
    }

    /** Decodes what {@link #below} returned on another node; empty bytes mean no producers. */
    public static ProducerStates fromOther(
            ByteBuffer bytes, long offset, int maxProducers, long nowMillis) {
        ProducerStates result = new ProducerStates(maxProducers);
        if (!bytes.hasRemaining()) {
            return result;
        }
        try {
            result.replaceBy(decode(bytes, maxProducers));
        } catch (BufferUnderflowException e) {
            throw new IllegalArgumentException("the producers' states are cut short", e);
        }
        result.truncateTo(offset);
        result.seenBy(nowMillis);
        return result;
    }

    private void forgetOldest(int count) {
        Iterator<ProducerWindow> oldest = states.values().iterator();
        for (int i = 0; i < count && oldest.hasNext(); i++) {
            oldest.next();
            oldest.remove();
        }
    }
}
