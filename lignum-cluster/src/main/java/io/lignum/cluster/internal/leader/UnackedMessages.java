package io.lignum.cluster.internal.leader;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Counts the messages that one follower was sent and has not acknowledged, and limits their number
 * and bytes over all topics. {@link ReplicationSender} adds what it sends; acknowledgements come on
 * the node loop. Any thread.
 */
final class UnackedMessages {

    private static final int MAX_BYTES = 32 << 20;

    private record Sent(long end, int bytes, long atNanos) {}

    private final int maxMessages;
    private final AtomicInteger messages = new AtomicInteger();
    private final AtomicInteger bytes = new AtomicInteger();

    UnackedMessages(int maxMessages) {
        this.maxMessages = maxMessages;
    }

    /** Whether nothing more may be sent now. The last message may exceed the limit of bytes. */
    boolean isFull() {
        return messages.get() >= maxMessages || bytes.get() >= MAX_BYTES;
    }

    /** The messages of one topic, until the topic is stopped or its log is compared again. */
    final class OfTopic {
        private final ArrayDeque<Sent> sent = new ArrayDeque<>(); // guarded by this object
        private boolean ended; // guarded by this object

        /** Adds a message; false after {@link #end}: it must not be sent. */
        synchronized boolean add(long end, int size, long nowNanos) {
            if (ended) {
                return false;
            }
            sent.addLast(new Sent(end, size, nowNanos));
            messages.incrementAndGet();
            bytes.addAndGet(size);
            return true;
        }

        /** The follower has all records below {@code end}. */
        synchronized void acknowledged(long end) {
            while (!sent.isEmpty() && sent.peekFirst().end() <= end) {
                release(sent.removeFirst());
            }
        }

        /** No message of this topic counts any more. */
        synchronized void end() {
            ended = true;
            sent.forEach(this::release);
            sent.clear();
        }

        /** How long the oldest message has waited; 0 if none waits. */
        synchronized long oldestNanos(long nowNanos) {
            @Nullable Sent first = sent.peekFirst();
            return first == null ? 0 : nowNanos - first.atNanos();
        }

        private void release(Sent message) {
            messages.decrementAndGet();
            bytes.addAndGet(-message.bytes());
        }
    }
}
