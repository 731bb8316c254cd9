package io.lignum.cluster.transport;

import io.grpc.SynchronizationContext;
import io.lignum.cluster.peer.PeerStream;
import io.lignum.cluster.peer.PeerStreamReceiver;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * The common part of both ends of a stream: the receiver gets one event at a time, in order, and
 * none after the end. Any thread.
 */
abstract class GrpcPeerStream implements PeerStream {

    private static final Logger LOG = LoggerFactory.getLogger(GrpcPeerStream.class);

    private final String peer;
    private final Executor loop;
    private final Consumer<Throwable> onFailure;
    private final SynchronizationContext turns =
            new SynchronizationContext((thread, failure) -> failed(failure));

    // used within turns
    private @Nullable PeerStreamReceiver receiver;
    private boolean over;

    /** Closed by this side: what still arrives is read and dropped. */
    private volatile boolean closing;

    /**
     * @param loop runs callbacks for calls of this side, so that no caller is called back within
     *     its own call
     * @param onFailure called with what a receiver throws at the end of the stream, which is not
     *     repeated
     */
    GrpcPeerStream(String peer, Executor loop, Consumer<Throwable> onFailure) {
        this.peer = peer;
        this.loop = loop;
        this.onFailure = onFailure;
    }

    /** Called before any event. */
    final void listen(PeerStreamReceiver listener) {
        receiver = listener;
    }

    final boolean isClosing() {
        return closing;
    }

    /** Lets one more message come. */
    abstract void requestOne();

    /** Ends the stream at once, with the reason. */
    abstract void breakOff(String why, @Nullable Throwable cause);

    final void arrived(Wire.Frame frame) {
        turns.execute(() -> {
            PeerStreamReceiver present = receiver;
            if (over || present == null) {
                return;
            }
            if (closing) {
                requestOne();
                return;
            }
            AtomicBoolean done = new AtomicBoolean();
            present.received(MessageCodec.decode(frame), () -> {
                if (done.compareAndSet(false, true)) {
                    requestOne();
                }
            });
        });
    }

    final void ready() {
        turns.execute(() -> {
            PeerStreamReceiver present = receiver;
            if (!over && !closing && present != null) {
                present.writable();
            }
        });
    }

    final void ended(String why) {
        turns.execute(() -> {
            PeerStreamReceiver present = receiver;
            if (!over && present != null) {
                over = true;
                close(present, why);
            }
        });
    }

    /** No later callback repeats this one: without it the receiver waits forever. */
    private void close(PeerStreamReceiver present, String why) {
        try {
            present.closed(why);
        } catch (RuntimeException | Error bug) {
            onFailure.accept(bug);
            throw bug;
        }
    }

    /** This side wants no more. */
    final void closedHere(String why) {
        closing = true;
        loop.execute(() -> ended(why));
    }

    private void failed(Throwable failure) {
        if (failure instanceof MalformedException) {
            LOG.warn("{} sent an invalid message: {}", peer, failure.getMessage());
            breakOff("malformed: " + failure.getMessage(), null);
        } else {
            LOG.error("Listening to {} failed", peer, failure);
            breakOff("failed: " + failure, failure);
        }
    }

    @Override
    public final String peer() {
        return peer;
    }
}
