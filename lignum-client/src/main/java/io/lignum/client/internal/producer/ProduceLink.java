package io.lignum.client.internal.producer;

import java.util.Optional;

/** A stream of batches to a node, as the {@link Pipeline} uses it. */
interface ProduceLink {

    /** Finds the leader and opens streams to it. */
    interface Opener {

        /**
         * Opens a stream to the node that is believed to lead; empty if none is. Its events reach
         * the pipeline later, never within a call to the pipeline.
         */
        Optional<ProduceLink> open();

        /** The leader does not answer, or no node leads: find out which node leads. */
        void search();
    }

    /** Whether the stream is connected, so that batches leave at once. */
    boolean isReady();

    /** Whether another node than this stream's is believed to lead. */
    boolean isLeaderElsewhere();

    void send(Batch batch);

    /**
     * Ends the stream without further events.
     *
     * @param stalled whether its connection does not work either
     */
    void cancel(boolean stalled);
}
