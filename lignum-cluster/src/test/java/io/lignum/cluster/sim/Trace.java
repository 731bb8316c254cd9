package io.lignum.cluster.sim;

import io.lignum.cluster.peer.Message;
import io.lignum.cluster.peer.PeerRequest;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * All that happened in a simulation, as one number: two runs with the same one did the same at the
 * same time, in the same order, with the same bytes.
 *
 * <p>One thread.
 */
public final class Trace {

    private final MessageDigest digest;
    private final ByteBuffer step = ByteBuffer.allocate(2 * Long.BYTES);
    private long events;

    Trace() {
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has it", e);
        }
    }

    /** A task runs. */
    void step(long nanos, long number) {
        step.clear().putLong(nanos).putLong(number).flip();
        digest.update(step);
        events++;
    }

    /** Something is said, or written. */
    public void add(String what) {
        digest.update(what.getBytes(StandardCharsets.UTF_8));
        digest.update((byte) 0);
    }

    /** Bytes, of a log for instance. */
    public void add(byte[] bytes) {
        digest.update(bytes);
        digest.update((byte) 0);
    }

    /** A message or a question arrives. */
    void arrives(String from, String to, Object what) {
        add(from + " -> " + to + ": " + what);
        if (what instanceof Message.Append append) {
            digest.update(append.batches().duplicate());
        } else if (what instanceof PeerRequest.Append append) {
            digest.update(append.batch().duplicate());
        }
    }

    /** How many tasks ran. */
    public long events() {
        return events;
    }

    /** Of all so far; nothing can be added afterwards. */
    public String finish() {
        return HexFormat.of().formatHex(digest.digest());
    }
}
