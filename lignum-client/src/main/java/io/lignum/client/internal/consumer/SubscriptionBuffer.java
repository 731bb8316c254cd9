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
 * What a {@link SubscriptionClient} has got and nobody has consumed yet. It bounds nothing by
 * itself: it counts, and the feed asks for no more than fits. Any thread.
 */
final class SubscriptionBuffer {

    /** Something for the consuming side, in order. */
    sealed interface Item permits TopicKnown, Chunk, Rewind, End {}

    /**
     * What comes next is of the topic with this id.
     *
     * @param startsOver it is another one than before, and read from a start of its own
     */
    record TopicKnown(UUID id, boolean startsOver) implements Item {}

    /** Whole batches; the first may begin before {@code from}, the offset that is wanted. */
    record Chunk(ByteBuffer batches, long from) implements Item {}

    /** What comes next begins at this offset, although more was read. */
    record Rewind(long to) implements Item {}

    /** Nothing comes after this. No error: the end that was asked for is reached. */
    record End(@Nullable LignumException error) implements Item {}

    private final int capacity;
    private final BlockingQueue<Item> items = new LinkedBlockingQueue<>();
    private final AtomicLong held = new AtomicLong();
    private volatile Runnable listener = () -> {};

    SubscriptionBuffer(int capacity) {
        this.capacity = capacity;
    }

    /** Called where {@link #add} is, when there is something new. */
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

    /** The next item that is there. */
    @Nullable
    Item poll() {
        return items.poll();
    }

    /** Waits for the next item; null: time is up. */
    @Nullable
    Item poll(long nanos) throws InterruptedException {
        return items.poll(nanos, TimeUnit.NANOSECONDS);
    }

    void consumed(int bytes) {
        held.addAndGet(-bytes);
    }

    /**
     * Whether one more answer may come, if so many are to come already; the first may in any case.
     */
    boolean hasRoom(int answers, int answerBytes) {
        return answers == 0
                ? held.get() < capacity
                : held.get() + (answers + 1L) * answerBytes <= capacity;
    }
}
