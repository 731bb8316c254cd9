package io.lignum.storage;

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
 * What a log remembers of its idempotent producers: the epoch and the last sixteen batches of each,
 * so that a repeated batch is answered with its first place and a gap is noticed (the scheme of
 * KIP-98).
 *
 * <p>At most {@code maxProducers}; the one whose last batch is the oldest is forgotten, and so is
 * one that sent nothing for the store's producer expiry, by the clock of each node. Apart from that
 * the states follow from the batches of the log alone, and a follower's are its leader's. One
 * thread at a time; guarded by its owner.
 */
final class ProducerStates {

    static final int WINDOW = ProducerWindow.MAX_BATCHES;

    private static final int ID_BYTES = 8;

    private final int maxProducers;
    private final LinkedHashMap<Long, ProducerWindow> states =
            new LinkedHashMap<>(); // by last batch

    ProducerStates(int maxProducers) {
        this.maxProducers = maxProducers;
    }

    ProducerStates copy() {
        ProducerStates copy = new ProducerStates(maxProducers);
        states.forEach((id, state) -> copy.states.put(id, state.copy()));
        return copy;
    }

    /**
     * Decides on a batch that wants to be appended.
     *
     * @return where its first copy stands if it is a repeat, null if it is new and next in line
     * @throws StorageException.ProducerFenced its epoch is over
     * @throws StorageException.OutOfOrderSequence a batch before it is missing
     * @throws StorageException.UnknownProducer it starts in the middle
     */
    @Nullable
    Appended check(ProducerStamp stamp, int count) {
        ProducerWindow state = states.get(stamp.producerId());
        int sequence = stamp.baseSequence();
        if (state == null) {
            if (sequence != 0) {
                throw new StorageException.UnknownProducer(stamp.producerId(), sequence);
            }
            return null;
        }
        if (stamp.producerEpoch() < state.epoch()) {
            throw new StorageException.ProducerFenced(
                    stamp.producerId(), stamp.producerEpoch(), state.epoch());
        }
        boolean newEpoch = stamp.producerEpoch() > state.epoch();
        int expected = newEpoch ? 0 : state.nextSequence();
        if (sequence == expected) {
            return null;
        }
        Appended first = firstCopy(stamp, count);
        if (first != null) {
            return first;
        }
        boolean appendedBefore = !newEpoch && ProducerWindow.isBelow(sequence, expected);
        throw new StorageException.OutOfOrderSequence(
                stamp.producerId(), sequence, expected, appendedBefore);
    }

    /** Where the first copy of a batch stands, if this is known to be a repeat. */
    @Nullable
    Appended firstCopy(ProducerStamp stamp, int count) {
        ProducerWindow state = states.get(stamp.producerId());
        if (state != null && state.epoch() == stamp.producerEpoch()) {
            OptionalLong first = state.offsetOf(stamp.baseSequence(), count);
            if (first.isPresent()) {
                return new Appended(first.getAsLong(), count, true);
            }
        }
        return null;
    }

    /**
     * Remembers a batch that is in the log now; one that is remembered already changes nothing.
     *
     * @param nowMillis wall clock of this node
     */
    void accept(ProducerStamp stamp, int count, long firstOffset, long nowMillis) {
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
    boolean expire(long beforeMillis) {
        boolean any = false;
        Iterator<ProducerWindow> oldest = states.values().iterator();
        while (oldest.hasNext() && oldest.next().seenMillis() < beforeMillis) {
            oldest.remove();
            any = true;
        }
        return any;
    }

    /**
     * A clock that was ahead must not keep producers for ever; nor must files that have no times.
     */
    void seenBy(long nowMillis) {
        states.values().forEach(state -> state.seenAt(Math.min(nowMillis, state.seenMillis())));
    }

    /**
     * Forgets batches at or above {@code offset}: they are cut from the log.
     *
     * @return producers that may have more batches below than are known
     */
    Set<Long> truncateTo(long offset) {
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

    /** True when nothing below can be missing. */
    private static boolean truncate(ProducerWindow state, long offset) {
        boolean first = state.epoch() == 0 && state.beginsAtZero();
        while (!state.isEmpty() && state.lastOffset() >= offset) {
            state.removeLast();
        }
        return first || (!state.isEmpty() && state.isWhole());
    }

    /** Adds what {@code older} knows of batches below those that are known here. */
    void addOlder(ProducerStates older) {
        older.states.forEach((id, before) -> {
            ProducerWindow state = states.get(id);
            if (state == null) {
                states.put(id, before.copy());
            } else if (state.epoch() == before.epoch()) {
                state.addOlder(before);
            }
        });
    }

    /** Knows all of the producer's window. */
    boolean isWhole(long id) {
        ProducerWindow state = states.get(id);
        return state != null && state.isWhole();
    }

    /** Takes over what another one knows. */
    void replaceBy(ProducerStates better) {
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

    boolean isEmpty() {
        return states.isEmpty();
    }

    int encodedBytes() {
        int bytes = 4;
        for (ProducerWindow state : states.values()) {
            bytes += ID_BYTES + state.encodedBytes();
        }
        return bytes;
    }

    /** Oldest last batch first, so that decoding restores the order too. */
    void encode(ByteBuffer out) {
        out.putInt(states.size());
        states.forEach((id, state) -> {
            out.putLong(id);
            state.encode(out);
        });
    }

    int encodedTimesBytes() {
        return 8 * states.size();
    }

    /** When each was seen last, in the order of {@link #encode}. */
    void encodeTimes(ByteBuffer out) {
        states.values().forEach(state -> out.putLong(state.seenMillis()));
    }

    void decodeTimes(ByteBuffer in) {
        states.values().forEach(state -> state.seenAt(in.getLong()));
    }

    /** Without times: as if all were seen in the far future, until {@link #seenBy}. */
    static ProducerStates decode(ByteBuffer in, int maxProducers) {
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
     * What is known of batches below an offset, as bytes for another node: of the producers that
     * were active last, as many as there is room for.
     */
    ByteBuffer below(long offset, int maxBytes) {
        ProducerStates all = copy();
        all.truncateTo(offset);
        while (all.encodedBytes() > maxBytes) {
            all.forgetOldest(1 + all.states.size() / 8);
        }
        ByteBuffer out = ByteBuffer.allocate(all.encodedBytes());
        all.encode(out);
        return out.flip();
    }

    /** What {@link #below} gave on another node; empty bytes are no producers. */
    static ProducerStates fromOther(
            ByteBuffer bytes, long offset, StoreConfig config, long nowMillis) {
        ProducerStates result = new ProducerStates(config.maxProducers());
        if (!bytes.hasRemaining()) {
            return result;
        }
        try {
            result.replaceBy(decode(bytes, config.maxProducers()));
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
