package io.lignum.cluster.transport;

import io.grpc.SynchronizationContext;
import io.lignum.cluster.peer.PeerStream;
import io.lignum.cluster.peer.PeerStreamReceiver;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * What both sides of a stream have in common: the receiver hears one thing at a time, in order, and
 * nothing after the end. Any thread.
 */
abstract class GrpcPeerStream implements PeerStream {

    private static final Logger LOG = LoggerFactory.getLogger(GrpcPeerStream.class);

    private final String peer;
    private final Executor loop;
    private final SynchronizationContext turns =
            new SynchronizationContext((thread, failure) -> failed(failure));

    // Within turns.
    private @Nullable PeerStreamReceiver receiver;
    private boolean over;

    /** Closed by this side: what still comes in is read and dropped. */
    private volatile boolean closing;

    /**
     * @param loop where what this side did is told, for nobody is called back from within his own
     *     call
     */
    GrpcPeerStream(String peer, Executor loop) {
        this.peer = peer;
        this.loop = loop;
    }

    /** Before anything is told. */
    final void listen(PeerStreamReceiver listener) {
        receiver = listener;
    }

    final boolean isClosing() {
        return closing;
    }

    /** One more message may come. */
    abstract void requestOne();

    /** Ends the stream at once, and says why. */
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
                present.closed(why);
            }
        });
    }

    /** This side wants no more. */
    final void closedHere(String why) {
        closing = true;
        loop.execute(() -> ended(why));
    }

    private void failed(Throwable failure) {
        if (failure instanceof MalformedException) {
            LOG.warn("{} sent what is no message: {}", peer, failure.getMessage());
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
