package io.lignum.client.internal.consumer;

import io.lignum.client.Consumer;
import io.lignum.client.LignumException;
import io.lignum.client.Received;
import io.lignum.client.StoredPosition;
import io.lignum.client.internal.errors.Checks;
import io.lignum.client.internal.errors.Errors;
import io.lignum.client.internal.net.ClientContext;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Takes records from a {@link RecordReader} and keeps track of which of them were processed. Any
 * thread; the lock serialises threads that share the consumer.
 */
final class DefaultConsumer<K, V> implements Consumer<K, V> {

    private static final long FOREVER_NANOS = Long.MAX_VALUE / 2;

    private final ClientContext context;
    private final RecordReader<K, V> reader;
    private final PositionKeeper keeper;
    private final ReentrantLock lock = new ReentrantLock();
    private volatile boolean closed;

    // Guarded by the lock.
    private @Nullable Received<K, V> peeked;

    /** The position behind the last returned record, while that does not count as processed. */
    private Optional<StoredPosition> given = Optional.empty();

    private DefaultConsumer(
            ClientContext context, RecordReader<K, V> reader, PositionKeeper keeper) {
        this.context = context;
        this.reader = reader;
        this.keeper = keeper;
    }

    static <K, V> Consumer<K, V> open(
            ClientContext context, RecordReader<K, V> reader, PositionKeeper keeper) {
        DefaultConsumer<K, V> consumer = new DefaultConsumer<>(context, reader, keeper);
        context.opened(consumer);
        reader.start(() -> {});
        return consumer;
    }

    @Override
    public Received<K, V> next() throws InterruptedException {
        return poll(FOREVER_NANOS).orElseThrow(() -> new NoSuchElementException("toOffset"));
    }

    @Override
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
            context.connection().refuseOnIoThread("waiting for a record");
            record = reader.next(nanos);
        }
        peeked = record;
        return record;
    }

    @Override
    public boolean hasNext() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            boolean there = peek(FOREVER_NANOS) != null;
            if (!there) {
                processedGiven(); // No further request will mark it.
            }
            return there;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Iterator<Received<K, V>> iterator() {
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                try {
                    return DefaultConsumer.this.hasNext();
                } catch (InterruptedException interrupted) {
                    throw interruption();
                }
            }

            @Override
            public Received<K, V> next() {
                try {
                    return DefaultConsumer.this.next();
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

    @Override
    public CompletableFuture<Long> started() {
        return reader.started().copy();
    }

    @Override
    public long position() {
        lock.lock();
        try {
            return peeked == null ? reader.position() : peeked.offset();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public OptionalLong logEnd() {
        return reader.logEnd();
    }

    @Override
    public void savePosition() {
        lock.lock();
        try {
            processedGiven();
            keeper.save();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        reader.close(); // Wakes the thread that waits with the lock held.
        lock.lock();
        try {
            keeper.save();
        } finally {
            lock.unlock();
            context.closed(this);
        }
    }
}
