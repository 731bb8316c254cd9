package io.lignum.client;

import java.time.Duration;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Gives out the records of one topic, one after the other. Any thread; several share the records.
 *
 * <p>A broken connection is made again, and reading goes on where it was, without gap or repeat, for
 * as long as it takes. Every method that gives out a record throws a {@link LignumException} when
 * reading cannot go on, and again when called again; but after {@link
 * LignumException.UndecodableRecord} the next call goes on behind that record.
 *
 * <p>With a position store, asking for the next record says that the one before has been processed.
 * Positions are saved at most once a second, and by {@link #savePosition} and {@link #close}; so
 * after a crash of the program the records of up to a second come again.
 */
@SuppressWarnings("DoNotCallSuggester") // Goes with the bodies to come.
public final class Consumer<K, V> implements AutoCloseable, Iterable<Received<K, V>> {

    private Consumer() {}

    static <K, V> Consumer<K, V> open(LignumClient client) {
        throw new UnsupportedOperationException();
    }

    /**
     * The next record; waits for it.
     *
     * @throws NoSuchElementException {@code toOffset} is reached
     * @throws LignumException.Closed the consumer was closed, also while this waits
     * @throws IllegalStateException on the client's I/O thread
     */
    public Received<K, V> next() throws InterruptedException {
        throw new UnsupportedOperationException();
    }

    /** As {@link #next}, but empty after that time, and when {@code toOffset} is reached. */
    public Optional<Received<K, V>> poll(Duration atMost) throws InterruptedException {
        throw new UnsupportedOperationException();
    }

    /** Whether there is another record; waits to know. False only when toOffset is reached. */
    public boolean hasNext() throws InterruptedException {
        throw new UnsupportedOperationException();
    }

    /** Over the records from here on; an interrupt ends it with {@link LignumException.Closed}. */
    @Override
    public Iterator<Received<K, V>> iterator() {
        throw new UnsupportedOperationException();
    }

    /** The offset at which it starts, once the node has said so: nothing is missed from there on. */
    public CompletableFuture<Long> started() {
        throw new UnsupportedOperationException();
    }

    /** Offset of the next record to be given out. */
    public long position() {
        throw new UnsupportedOperationException();
    }

    /** The end of the log as last told by the node, exclusive; 0 before it has told any. */
    public long logEnd() {
        throw new UnsupportedOperationException();
    }

    /** Saves the position with all records given out so far as processed. */
    public void savePosition() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {
        throw new UnsupportedOperationException();
    }
}
