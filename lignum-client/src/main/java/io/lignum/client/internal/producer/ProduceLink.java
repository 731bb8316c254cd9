package io.lignum.client.internal.producer;

import java.util.Optional;

/** A stream of batches to a node, as the {@link Pipeline} sees it. */
interface ProduceLink {

    /** Finds the leader and opens streams to it. */
    interface Opener {

        /**
         * A stream to the node that is believed to lead; empty: there is none at the moment. What
         * happens on it is told to the pipeline, never from within a call to it.
         */
        Optional<ProduceLink> open();

        /** The present leader does not answer, or there is none: find out who leads. */
        void search();
    }

    /** Connected, so that what is sent now really leaves. */
    boolean isReady();

    /** Whether another node than the one at its end is believed to lead. */
    boolean isLeaderElsewhere();

    void send(Batch batch);

    /** Nothing that happens on it counts any more. Stalled: nor is the connection of any use. */
    void cancel(boolean stalled);
}
