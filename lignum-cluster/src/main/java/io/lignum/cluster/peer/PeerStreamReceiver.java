package io.lignum.cluster.peer;

/**
 * Told what happens on a {@link PeerStream}. One call at a time, on a thread that must not be
 * blocked.
 */
public interface PeerStreamReceiver {

    /**
     * A message is here. The next ones follow when {@code done} was run, so that a slow receiver
     * slows its sender.
     */
    void received(Message message, Runnable done);

    /** {@link PeerStream#isWritable} became true again. */
    void writable();

    /** The stream is over, once; nothing is called afterwards. */
    void closed(String why);
}
