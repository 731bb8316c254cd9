package io.lignum.storage;

import io.lignum.record.ProducerStamp;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a log remembers of its idempotent producers: the epoch and the last sixteen batches of each, so that
 * a repeated batch is answered with its first place and a gap is noticed (the scheme of KIP-98).
 *
 * <p>At most {@code maxProducers}; the one whose last batch is the oldest is forgotten. So the states follow
 * from the batches of the log alone, and a follower's are its leader's. One thread at a time; guarded by its
 * owner.
 */
final class ProducerStates {

    /** Batches that one producer may have on their way and still repeat. */
    static final int WINDOW = 16;

    private static final int SEQUENCE_MASK =
            Integer.MAX_VALUE; // sequences wrap to 0 after 2^31 - 1
    private static final int HEAD_BYTES = 8 + 2 + 2;
    private static final int BATCH_BYTES = 4 + 4 + 8;

    private record Batch(int firstSequence, int count, long firstOffset) {
        int nextSequence() {
            return (firstSequence + count) & SEQUENCE_MASK;
        }
    }

    private static final class State {
        private short epoch;
        private final ArrayDeque<Batch> batches = new ArrayDeque<>(WINDOW);

        State(short epoch) {
            this.epoch = epoch;
        }

        State copy() {
            State copy = new State(epoch);
            copy.batches.addAll(batches);
            return copy;
        }

        void add(Batch batch) {
            if (batches.size() == WINDOW) {
                batches.removeFirst();
            }
            batches.addLast(batch);
        }

        /** Nothing is missing before: a producer begins with sequence 0, and anew with each epoch. */
        boolean isWhole() {
            return batches.size() == WINDOW || batches.getFirst().firstSequence == 0;
        }
    }

    private final int maxProducers;
    private final LinkedHashMap<Long, State> states = new LinkedHashMap<>(); // by last batch

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
        State state = states.get(stamp.producerId());
        int sequence = stamp.baseSequence();
        if (state == null) {
            if (sequence != 0) {
                throw new StorageException.UnknownProducer(stamp.producerId(), sequence);
            }
            return null;
        }
        if (stamp.producerEpoch() < state.epoch) {
            throw new StorageException.ProducerFenced(
                    stamp.producerId(), stamp.producerEpoch(), state.epoch);
        }
        boolean newEpoch = stamp.producerEpoch() > state.epoch;
        int expected = newEpoch ? 0 : state.batches.getLast().nextSequence();
        if (sequence == expected) {
            return null;
        }
        Appended first = firstCopy(stamp, count);
        if (first != null) {
            return first;
        }
        throw new StorageException.OutOfOrderSequence(stamp.producerId(), sequence, expected);
    }

    /** Where the first copy of a batch stands, if this is known to be a repeat. */
    @Nullable
    Appended firstCopy(ProducerStamp stamp, int count) {
        State state = states.get(stamp.producerId());
        if (state != null && state.epoch == stamp.producerEpoch()) {
            for (Batch batch : state.batches) {
                if (batch.firstSequence == stamp.baseSequence() && batch.count == count) {
                    return new Appended(batch.firstOffset, count, true);
                }
            }
        }
        return null;
    }

    /** Remembers a batch that is in the log now; one that is remembered already changes nothing. */
    void accept(ProducerStamp stamp, int count, long firstOffset) {
        State state = states.get(stamp.producerId());
        if (state != null
                && !state.batches.isEmpty()
                && state.batches.getLast().firstOffset >= firstOffset) {
            return;
        }
        states.remove(stamp.producerId());
        if (state == null || state.epoch != stamp.producerEpoch()) {
            state = new State(stamp.producerEpoch());
        }
        states.put(stamp.producerId(), state);
        if (states.size() > maxProducers) {
            states.remove(states.keySet().iterator().next());
        }
        state.add(new Batch(stamp.baseSequence(), count, firstOffset));
    }

    /**
     * Forgets batches at or above {@code offset}: they are cut from the log.
     *
     * @return producers that may have more batches below than are known
     */
    Set<Long> truncateTo(long offset) {
        Set<Long> unsure = new TreeSet<>();
        for (Map.Entry<Long, State> entry : states.entrySet()) {
            State state = entry.getValue();
            if (state.batches.getLast().firstOffset >= offset && !truncate(state, offset)) {
                unsure.add(entry.getKey());
            }
        }
        states.values().removeIf(state -> state.batches.isEmpty());
        sort();
        return unsure;
    }

    /** True when nothing below can be missing. */
    private static boolean truncate(State state, long offset) {
        boolean first = state.epoch == 0 && state.batches.getFirst().firstSequence == 0;
        while (!state.batches.isEmpty() && state.batches.getLast().firstOffset >= offset) {
            state.batches.removeLast();
        }
        return first || (!state.batches.isEmpty() && state.isWhole());
    }

    /** Adds what {@code older} knows of batches below those that are known here. */
    void addOlder(ProducerStates older) {
        older.states.forEach((id, before) -> {
            State state = states.get(id);
            if (state == null) {
                states.put(id, before.copy());
            } else if (state.epoch == before.epoch) {
                Iterator<Batch> backwards = before.batches.descendingIterator();
                while (backwards.hasNext() && state.batches.size() < WINDOW) {
                    Batch batch = backwards.next();
                    if (batch.firstOffset < state.batches.getFirst().firstOffset) {
                        state.batches.addFirst(batch);
                    }
                }
            }
        });
    }

    /** Knows all of the producer's window. */
    boolean isWhole(long id) {
        State state = states.get(id);
        return state != null && state.isWhole();
    }

    /** Takes over what another one knows. */
    void replaceBy(ProducerStates better) {
        better.states.forEach((id, state) -> states.put(id, state.copy()));
        sort();
    }

    private void sort() {
        List<Map.Entry<Long, State>> sorted = new ArrayList<>(states.entrySet());
        sorted.sort(
                Comparator.comparingLong(entry -> entry.getValue().batches.getLast().firstOffset));
        states.clear();
        sorted.forEach(entry -> states.put(entry.getKey(), entry.getValue()));
        while (states.size() > maxProducers) {
            states.remove(states.keySet().iterator().next());
        }
    }

    void clear() {
        states.clear();
    }

    boolean isEmpty() {
        return states.isEmpty();
    }

    int encodedBytes() {
        return 4 + states.size() * (HEAD_BYTES + WINDOW * BATCH_BYTES);
    }

    /** Oldest last batch first, so that decoding restores the order too. */
    void encode(ByteBuffer out) {
        out.putInt(states.size());
        for (Map.Entry<Long, State> entry : states.entrySet()) {
            State state = entry.getValue();
            out.putLong(entry.getKey()).putShort(state.epoch).putShort((short)
                    state.batches.size());
            for (Batch batch : state.batches) {
                out.putInt(batch.firstSequence).putInt(batch.count).putLong(batch.firstOffset);
            }
        }
    }

    static ProducerStates decode(ByteBuffer in, int maxProducers) {
        ProducerStates result = new ProducerStates(maxProducers);
        int n = in.getInt();
        Checks.range("number of producers", n, 0, in.remaining() / HEAD_BYTES);
        for (int i = 0; i < n; i++) {
            long id = in.getLong();
            State state = new State(in.getShort());
            int batches = in.getShort();
            Checks.range("number of batches", batches, 1, WINDOW);
            for (int b = 0; b < batches; b++) {
                state.add(new Batch(in.getInt(), in.getInt(), in.getLong()));
            }
            result.states.put(id, state);
        }
        return result;
    }
}
