package io.lignum.client;

import java.util.concurrent.CompletableFuture;

/** Records being handed to a handler. Any thread. */
public interface Subscription extends AutoCloseable {

    /**
     * The offset at which it starts, once the node has said so: nothing is missed from there on.
     */
    CompletableFuture<Long> started();

    /** Offset of the next record to be handed out. */
    long position();

    /** The end of the log as last told by the node, exclusive. */
    long logEnd();

    /**
     * Done when it has ended: normally after {@code toOffset} and after {@link #close}, with the
     * handler's exception or a {@link LignumException} otherwise.
     */
    CompletableFuture<Void> ended();

    /**
     * Hands out no more, and saves the position. A handler that runs is let run, not waited for.
     */
    @Override
    void close();
}
