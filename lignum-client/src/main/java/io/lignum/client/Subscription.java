package io.lignum.client;

import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/** A handler's subscription to a topic. Any thread may use it. */
public interface Subscription extends AutoCloseable {

    /**
     * Completes with the start offset when a node has confirmed it. The handler misses no record
     * from that offset on. Fails if the subscription ends before.
     */
    CompletableFuture<Long> started();

    /** The offset of the next record to be passed to the handler. */
    long position();

    /** The exclusive end of the log in the node's last answer; empty before the first answer. */
    OptionalLong logEnd();

    /**
     * Completes when the subscription has ended: normally after {@code toOffset} and after {@link
     * #close}; otherwise with what the handler threw, or with a {@link LignumException}.
     */
    CompletableFuture<Void> ended();

    /**
     * Passes no more records to the handler, and saves the position. Does not wait for a handler
     * that is running.
     */
    @Override
    void close();
}
