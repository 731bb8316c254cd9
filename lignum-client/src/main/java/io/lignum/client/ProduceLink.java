package io.lignum.client;

/** A stream of batches to a node, as the {@link Pipeline} sees it. */
interface ProduceLink {

    /** Opens one; what happens on it is told to the pipeline, never from within a call to it. */
    interface Opener {
        ProduceLink open();
    }

    /** Connected, so that what is sent now really leaves. */
    boolean isReady();

    void send(Batch batch);

    /** Nothing that happens on it counts any more. Stalled: nor is the connection of any use. */
    void cancel(boolean stalled);
}
