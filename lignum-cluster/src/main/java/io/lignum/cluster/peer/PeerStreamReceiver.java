package io.lignum.cluster.peer;

/**
 * Receives the events of a {@link PeerStream}. One call at a time, on a thread that must not be
 * blocked.
 */
public interface PeerStreamReceiver {

    /**
     * A message has arrived. The next one follows after {@code done} was run, so a slow receiver
     * slows its sender.
     */
    void received(Message message, Runnable done);

    /** {@link PeerStream#isWritable} became true again. */
    void writable();

    /** The stream has ended. Called once; no other call follows. */
    void closed(String why);
}
