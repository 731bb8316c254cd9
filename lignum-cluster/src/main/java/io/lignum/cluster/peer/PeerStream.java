package io.lignum.cluster.peer;

/** One side of an open stream. Messages arrive in order and at most once. Any thread. */
public interface PeerStream {

    /**
     * Whether the network takes more at the moment; {@link PeerStreamReceiver#writable} says when
     * it does again.
     */
    boolean isWritable();

    /**
     * Hands a message over. It is kept in memory until the network takes it, so look at
     * {@link #isWritable} first.
     */
    void send(Message message);

    /** Ends the stream; what was sent before is still delivered if the peer is there. */
    void close();

    /** Where the peer is, for logs. */
    String peer();
}
