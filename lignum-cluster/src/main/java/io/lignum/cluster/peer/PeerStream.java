package io.lignum.cluster.peer;

/** One side of an open stream. Messages arrive in order and at most once. Any thread. */
public interface PeerStream {

    /**
     * Whether the network accepts more now; {@link PeerStreamReceiver#writable} is called when it
     * does again.
     */
    boolean isWritable();

    /**
     * Sends a message. It stays in memory until the network has taken it, so check
     * {@link #isWritable} first.
     */
    void send(Message message);

    /** Ends the stream. Messages sent before are still delivered if the peer is reachable. */
    void close();

    /** The peer's address, for logs. */
    String peer();
}
