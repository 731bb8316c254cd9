package io.lignum.client;

import java.time.Duration;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/**
 * Reads the records of one topic in order, when the program asks for them. Any thread may use it;
 * threads that share a consumer share its records. {@link ConsumerBuilder#open} opens one.
 *
 * <p>After a broken connection the consumer reconnects, for as long as that takes, and continues
 * without gap or repeat. When reading cannot continue, every method that returns a record throws a
 * {@link LignumException}, also when called again. {@link LignumException.UndecodableRecord} is the
 * exception: the next call continues behind that record.
 *
 * <p>With a position store, a request for the next record marks the one before as processed. The
 * consumer saves its position at most once a second, and in {@link #savePosition} and
 * {@link #close}. So after a crash of the program the records of up to a second are read again.
 */
public interface Consumer<K, V> extends AutoCloseable, Iterable<Received<K, V>> {

    /**
     * Waits for the next record and returns it.
     *
     * @throws NoSuchElementException {@code toOffset} is reached
     * @throws LignumException.Closed the consumer is closed, or was closed during the wait
     * @throws IllegalStateException the call would have to wait on the client's I/O thread
     */
    Received<K, V> next() throws InterruptedException;

    /**
     * Like {@link #next}, but returns empty after the given time, and when {@code toOffset} is
     * reached.
     *
     * @param atMost zero or more; zero does not wait
     */
    Optional<Received<K, V>> poll(Duration atMost) throws InterruptedException;

    /**
     * Waits until it is known whether there is another record. False only when {@code toOffset} is
     * reached; the record before then counts as processed.
     *
     * @throws LignumException.Closed the consumer is closed, or was closed during the wait
     * @throws IllegalStateException the call would have to wait on the client's I/O thread
     */
    boolean hasNext() throws InterruptedException;

    /**
     * Iterates over the records from the current position. An interrupt ends the iteration with
     * {@link LignumException.Closed} and leaves the thread's interrupt flag set.
     */
    @Override
    Iterator<Received<K, V>> iterator();

    /**
     * Completes with the start offset when a node has confirmed it. The consumer misses no record
     * from that offset on. Fails if the consumer ends before.
     */
    CompletableFuture<Long> started();

    /** The offset of the next record to be returned. */
    long position();

    /** The exclusive end of the log in the node's last answer; empty before the first answer. */
    OptionalLong logEnd();

    /**
     * Saves the position now. All records returned so far count as processed.
     *
     * @throws RuntimeException the position store cannot save it
     */
    void savePosition();

    /**
     * Ends reading and saves the position. The last returned record does not count as processed
     * unless {@link #savePosition} was called, the next record was requested, or {@link #hasNext}
     * returned false. Does nothing if the consumer is closed.
     *
     * @throws RuntimeException the position store cannot save the position
     */
    @Override
    void close();
}
