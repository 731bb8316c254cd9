package io.lignum.cluster.sim;

import io.lignum.cluster.peer.Message;
import io.lignum.cluster.peer.PeerRequest;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A hash of everything that happened in a simulation: two runs with the same hash did the same at
 * the same time, in the same order, with the same bytes. <p>One thread.
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

    /** Adds a message or a write. */
    public void add(String what) {
        digest.update(what.getBytes(StandardCharsets.UTF_8));
        digest.update((byte) 0);
    }

    /** Adds bytes, for instance of a log. */
    public void add(byte[] bytes) {
        digest.update(bytes);
        digest.update((byte) 0);
    }

    /** Adds the arrival of a message or request. */
    void arrives(String from, String to, Object what) {
        add(from + " -> " + to + ": " + what);
        if (what instanceof Message.Append append) {
            digest.update(append.batches().duplicate());
        } else if (what instanceof PeerRequest.Append append) {
            digest.update(append.batch().duplicate());
        }
    }

    /** The number of tasks that ran. */
    public long events() {
        return events;
    }

    /** Returns the hash; nothing can be added afterwards. */
    public String finish() {
        return HexFormat.of().formatHex(digest.digest());
    }
}
