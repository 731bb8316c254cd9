package io.lignum.client;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Gives out the records of one topic, one after the other. Any thread; several share the records.
 *
 * <p>A broken connection is made again, and reading goes on where it was, without gap or repeat,
 * for as long as it takes. Every method that gives out a record throws a {@link LignumException}
 * when reading cannot go on, and again when called again; but after
 * {@link LignumException.UndecodableRecord} the next call goes on behind that record.
 *
 * <p>With a position store, asking for the next record says that the one before has been processed.
 * Positions are saved at most once a second, and by {@link #savePosition} and {@link #close}; so
 * after a crash of the program the records of up to a second come again.
 */
public final class Consumer<K, V> implements AutoCloseable, Iterable<Received<K, V>> {

    private static final long FOREVER_NANOS = Long.MAX_VALUE / 2;

    private final LignumClient client;
    private final RecordReader<K, V> reader;
    private final PositionKeeper keeper;
    private final ReentrantLock lock = new ReentrantLock();
    private volatile boolean closed;

    // Guarded by the lock.
    private @Nullable Received<K, V> peeked;

    /** Behind the record that was given out last, while it does not count as processed. */
    private Optional<StoredPosition> given = Optional.empty();

    private Consumer(LignumClient client, RecordReader<K, V> reader, PositionKeeper keeper) {
        this.client = client;
        this.reader = reader;
        this.keeper = keeper;
    }

    static <K, V> Consumer<K, V> open(
            LignumClient client, RecordReader<K, V> reader, PositionKeeper keeper) {
        Consumer<K, V> consumer = new Consumer<>(client, reader, keeper);
        client.opened(consumer);
        reader.start(() -> {});
        return consumer;
    }

    /**
     * The next record; waits for it.
     *
     * @throws NoSuchElementException {@code toOffset} is reached
     * @throws LignumException.Closed the consumer was closed, also while this waits
     * @throws IllegalStateException on the client's I/O thread
     */
    public Received<K, V> next() throws InterruptedException {
        return poll(FOREVER_NANOS).orElseThrow(() -> new NoSuchElementException("toOffset"));
    }

    /** As {@link #next}, but empty after that time, and when {@code toOffset} is reached. */
    public Optional<Received<K, V>> poll(Duration atMost) throws InterruptedException {
        return poll(Checks.notNegative("atMost", atMost).toNanos());
    }

    private Optional<Received<K, V>> poll(long nanos) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            processedGiven();
            Received<K, V> record = peek(nanos);
            peeked = null;
            if (record == null) {
                return Optional.empty();
            }
            given = Optional.of(reader.behind(record));
            return Optional.of(record);
        } finally {
            lock.unlock();
        }
    }

    private void processedGiven() {
        given.ifPresent(keeper::processed);
        given = Optional.empty();
    }

    private @Nullable Received<K, V> peek(long nanos) throws InterruptedException {
        if (closed) {
            throw Errors.closed("the consumer");
        }
        Received<K, V> record = peeked == null ? reader.next() : peeked;
        if (record == null && !reader.isAtEnd() && nanos > 0) {
            client.connection().refuseOnIoThread("waiting for a record");
            record = reader.next(nanos);
        }
        peeked = record;
        return record;
    }

    /**
     * Whether there is another record; waits to know. False only when toOffset is reached, and
     * says, as asking for the next record does, that the one before has been processed.
     */
    public boolean hasNext() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            boolean there = peek(FOREVER_NANOS) != null;
            if (!there) {
                processedGiven(); // There will be no call for another one.
            }
            return there;
        } finally {
            lock.unlock();
        }
    }

    /** Over the records from here on; an interrupt ends it with {@link LignumException.Closed}. */
    @Override
    public Iterator<Received<K, V>> iterator() {
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                try {
                    return Consumer.this.hasNext();
                } catch (InterruptedException interrupted) {
                    throw interruption();
                }
            }

            @Override
            public Received<K, V> next() {
                try {
                    return Consumer.this.next();
                } catch (InterruptedException interrupted) {
                    throw interruption();
                }
            }
        };
    }

    private static LignumException interruption() {
        Thread.currentThread().interrupt();
        return Errors.closed("the iterator, by an interrupt,");
    }

    /**
     * The offset at which it starts, once the node has said so: nothing is missed from there on.
     */
    public CompletableFuture<Long> started() {
        return reader.started().copy();
    }

    /** Offset of the next record to be given out. */
    public long position() {
        lock.lock();
        try {
            return peeked == null ? reader.position() : peeked.offset();
        } finally {
            lock.unlock();
        }
    }

    /** The end of the log as last told by the node, exclusive; 0 before it has told any. */
    public long logEnd() {
        return reader.logEnd();
    }

    /** Saves the position with all records given out so far as processed. */
    public void savePosition() {
        lock.lock();
        try {
            processedGiven();
            keeper.save();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Ends reading, and saves the position; the record given out last does not count as processed,
     * unless {@link #savePosition} was called, another one was asked for, or {@link #hasNext} was
     * false.
     */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        reader.close(); // Wakes who waits with the lock held.
        lock.lock();
        try {
            keeper.save();
        } finally {
            lock.unlock();
            client.closed(this);
        }
    }
}
