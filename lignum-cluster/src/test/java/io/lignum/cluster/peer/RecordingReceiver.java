package io.lignum.cluster.peer;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/** Records the messages that one side of a link receives, and that they come one at a time. */
public final class RecordingReceiver implements PeerStreamReceiver {

    private final AtomicBoolean inside = new AtomicBoolean();
    private final List<Message> received = new ArrayList<>();
    private final boolean slow;
    private @Nullable PeerStream stream;
    private @Nullable Runnable notDone;
    private @Nullable String closed;
    private @Nullable String wrong;
    private int writable;

    private RecordingReceiver(boolean slow) {
        this.slow = slow;
    }

    /** Is done with a message at once. */
    public static RecordingReceiver quick() {
        return new RecordingReceiver(false);
    }

    /** Completes a message only when a test asks for it. */
    public static RecordingReceiver slow() {
        return new RecordingReceiver(true);
    }

    synchronized RecordingReceiver on(PeerStream accepted) {
        stream = accepted;
        return this;
    }

    @Override
    public void received(Message message, Runnable done) {
        enter();
        synchronized (this) {
            if (notDone != null) {
                wrong = "another message before the one before was done";
            }
            received.add(message);
            notDone = slow ? done : null;
        }
        if (!slow) {
            done.run();
        }
        inside.set(false);
    }

    @Override
    public void writable() {
        enter();
        synchronized (this) {
            writable++;
        }
        inside.set(false);
    }

    @Override
    public void closed(String why) {
        enter();
        synchronized (this) {
            closed = why;
        }
        inside.set(false);
    }

    private synchronized void enter() {
        if (!inside.compareAndSet(false, true)) {
            wrong = "two calls at a time";
        }
        if (closed != null) {
            wrong = "called after closed: " + closed;
        }
    }

    void done() {
        Runnable task;
        synchronized (this) {
            task = notDone;
            notDone = null;
        }
        if (task == null) {
            throw new AssertionError("nothing to be done with");
        }
        task.run();
    }

    synchronized boolean isBusy() {
        return notDone != null;
    }

    public synchronized List<Message> received() {
        if (wrong != null) {
            throw new AssertionError(wrong);
        }
        return List.copyOf(received);
    }

    public synchronized int count() {
        return received().size();
    }

    public synchronized boolean isClosed() {
        return closed != null;
    }

    public synchronized String why() {
        return closed == null ? "open" : closed;
    }

    public synchronized int writableCalls() {
        return writable;
    }

    public synchronized PeerStream stream() {
        if (stream == null) {
            throw new AssertionError("not accepted");
        }
        return stream;
    }
}
