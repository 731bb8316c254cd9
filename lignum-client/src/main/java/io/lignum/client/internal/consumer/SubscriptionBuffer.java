package io.lignum.client.internal.consumer;

import io.lignum.client.LignumException;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Holds what a {@link SubscriptionClient} has received and the reader has not consumed. It counts
 * bytes; the subscription client requests no more than fits. Any thread.
 */
final class SubscriptionBuffer {

    /** Something for the reader, in order. */
    sealed interface Item permits TopicKnown, Chunk, Rewind, End {}

    /**
     * The items that follow belong to the topic with this id.
     *
     * @param startsOver whether it is another topic than before, read from its own start
     */
    record TopicKnown(UUID id, boolean startsOver) implements Item {}

    /** Whole batches. The first may begin before {@code from}, the next offset to return. */
    record Chunk(ByteBuffer batches, long from) implements Item {}

    /** The next batch begins at this offset, although more was read. */
    record Rewind(long to) implements Item {}

    /** Nothing follows. The error is null if {@code toOffset} is reached. */
    record End(@Nullable LignumException error) implements Item {}

    private final int capacity;
    private final BlockingQueue<Item> items = new LinkedBlockingQueue<>();
    private final AtomicLong held = new AtomicLong();
    private volatile Runnable listener = () -> {};

    SubscriptionBuffer(int capacity) {
        this.capacity = capacity;
    }

    /** Sets the listener, which {@link #add} calls on its thread. */
    void onItem(Runnable newListener) {
        listener = newListener;
    }

    void add(Item item) {
        if (item instanceof Chunk chunk) {
            held.addAndGet(chunk.batches.remaining());
        }
        items.add(item);
        listener.run();
    }

    /** The next item, or null. */
    @Nullable
    Item poll() {
        return items.poll();
    }

    /** Waits for the next item; null if none arrives in time. */
    @Nullable
    Item poll(long nanos) throws InterruptedException {
        return items.poll(nanos, TimeUnit.NANOSECONDS);
    }

    void consumed(int bytes) {
        held.addAndGet(-bytes);
    }

    /**
     * Whether one more answer may be requested.
     *
     * @param answers how many are requested and have not arrived; the first is allowed if any space
     *     is free
     */
    boolean mayRequest(int answers, int answerBytes) {
        return answers == 0
                ? held.get() < capacity
                : held.get() + (answers + 1L) * answerBytes <= capacity;
    }
}
