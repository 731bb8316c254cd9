package io.lignum.cluster.peer;

/** Told what happens on a {@link Link}. One call at a time, on a thread that must not be blocked. */
public interface LinkReceiver {

    /** A message is here. The next ones follow when {@code done} was run, so that a slow receiver slows its sender. */
    void received(Message message, Runnable done);

    /** {@link Link#isWritable} became true again. */
    void writable();

    /** The stream is over, once; nothing is called afterwards. */
    void closed(String why);
}
