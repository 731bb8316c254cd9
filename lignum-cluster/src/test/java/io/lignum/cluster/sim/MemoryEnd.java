package io.lignum.cluster.sim;

import io.lignum.cluster.peer.Message;
import io.lignum.cluster.peer.PeerService;
import io.lignum.cluster.peer.PeerStream;
import io.lignum.cluster.peer.PeerStreamReceiver;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * One side of a link, with the messages on their way to it. Guarded by the network's monitor; the
 * receiver is called on the strand, without it.
 */
final class MemoryEnd implements PeerStream {

    private static final long MESSAGE_OVERHEAD = 64L;

    private record Parcel(Message message, long bytes, long arrives) {}

    /**
     * How the other side ended the link; the reason arrives after everything sent, or before it.
     */
    private record Ending(String why, boolean graceful, long arrives) {}

    final MemoryNode home;
    final String remote;
    private final MemoryNetwork network;
    private final Strand strand;
    private final ArrayDeque<Parcel> incoming = new ArrayDeque<>();

    /** Messages sent before the other side exists. */
    private final ArrayDeque<Parcel> unsent = new ArrayDeque<>();

    private @Nullable MemoryEnd other;
    private @Nullable PeerStreamReceiver receiver;
    private @Nullable Ending ending;
    private long incomingBytes;
    private long unsentBytes;
    private long lastArrival = Long.MIN_VALUE;
    private boolean connected;
    private boolean receiving;
    private boolean senderWaits;
    private boolean closed;

    /** Closed gracefully by its own side. */
    private boolean epochEnd;

    /** Its process was killed, so it receives nothing more. */
    private boolean deaf;

    MemoryEnd(MemoryNode home, String remote, @Nullable PeerStreamReceiver receiver) {
        this.home = home;
        this.remote = remote;
        this.receiver = receiver;
        this.network = home.network;
        this.strand = new Strand(network.ticker);
    }

    boolean isBetween(String one, String another) {
        return (home.key.equals(one) && remote.equals(another))
                || (home.key.equals(another) && remote.equals(one));
    }

    Duration delayToHere() {
        return network.delay(remote, home.key);
    }

    // ---- opening

    /** The caller's side; the other side is created when the request arrives. */
    void open() {
        network.add(this);
        senderWaits = true;
        network.ticker.schedule(network.delay(home.key, remote), this::arrive);
        network.ticker.schedule(network.quality.connectTimeout(), this::timeOut);
    }

    private void arrive() {
        synchronized (network) {
            if ((closed && !epochEnd) || network.isCut(home.key, remote)) {
                return; // The time-out reports it.
            }
            MemoryNode target = network.find(remote);
            PeerService service = target == null ? null : target.service();
            if (target == null || service == null) {
                isEnded("connection refused", false);
                return;
            }
            MemoryEnd callee = new MemoryEnd(target, home.key, null);
            callee.other = this;
            callee.connected = true;
            other = callee;
            network.add(callee);
            callee.takeOver(this);
            if (closed) {
                callee.isEnded(closedBy(), true);
            }
            callee.strand.execute(() -> callee.accept(service));
            network.ticker.schedule(delayToHere(), this::isConnected);
        }
    }

    private void timeOut() {
        synchronized (network) {
            if (!connected) {
                breakOff(remote + " cannot be reached");
            }
        }
    }

    /** Takes over what the caller sent before this side existed. */
    private void takeOver(MemoryEnd caller) {
        incoming.addAll(caller.unsent);
        incomingBytes = caller.unsentBytes;
        lastArrival = network.ticker.nanos();
        caller.unsent.clear();
    }

    private void accept(PeerService service) {
        PeerStreamReceiver accepted = service.accept(this);
        synchronized (network) {
            receiver = accepted;
        }
        pump();
    }

    private void isConnected() {
        synchronized (network) {
            if (!network.isCut(remote, home.key)) {
                connected = true;
                tellWritable();
            }
        }
    }

    // ---- sending

    @Override
    public boolean isWritable() {
        synchronized (network) {
            boolean writable =
                    !closed && connected && inFlight() < network.quality.linkBufferBytes();
            senderWaits |= !writable;
            return writable;
        }
    }

    private long inFlight() {
        return other == null ? unsentBytes : other.incomingBytes;
    }

    @Override
    public void send(Message message) {
        synchronized (network) {
            if (closed) {
                return;
            }
            long bytes = MESSAGE_OVERHEAD
                    + (message instanceof Message.Append append
                            ? append.batches().remaining()
                            : 0);
            if (other == null) {
                unsent.add(new Parcel(message, bytes, network.ticker.nanos()));
                unsentBytes += bytes;
            } else {
                other.expect(message, bytes);
            }
            senderWaits |= inFlight() >= network.quality.linkBufferBytes();
        }
    }

    private void expect(Message message, long bytes) {
        if (!closed) {
            incoming.add(new Parcel(message, bytes, nextArrival()));
            incomingBytes += bytes;
        }
    }

    /** Never before earlier messages. */
    private long nextArrival() {
        long now = network.ticker.nanos();
        lastArrival = Math.max(lastArrival, now + delayToHere().toNanos());
        network.ticker.schedule(Duration.ofNanos(lastArrival - now), this::pump);
        return lastArrival;
    }

    private void tellWritable() {
        if (senderWaits && !closed && connected && inFlight() < network.quality.linkBufferBytes()) {
            senderWaits = false;
            tell(PeerStreamReceiver::writable);
        }
    }

    // ---- receiving

    /**
     * Delivers the next message, or the end, if it has arrived and the receiver has finished the
     * previous one.
     */
    void pump() {
        synchronized (network) {
            if (closed || network.isCut(remote, home.key)) {
                return; // Healing a cut pumps again.
            }
            long now = network.ticker.nanos();
            Ending end = ending;
            if (end != null
                    && end.arrives <= now
                    && (!end.graceful || (incoming.isEmpty() && receiver != null))) {
                finish(end.why);
                return;
            }
            Parcel next = incoming.peek();
            if (next == null || next.arrives > now || receiving || receiver == null) {
                return;
            }
            incoming.remove();
            receiving = true;
            Message copy = Copies.of(next.message);
            network.tell(remote, home.key, copy);
            tell(present -> present.received(copy, once(() -> done(next))));
        }
    }

    private void done(Parcel parcel) {
        synchronized (network) {
            receiving = false;
            incomingBytes -= parcel.bytes;
            if (other != null && other.senderWaits) {
                network.ticker.schedule(network.delay(home.key, remote), other::windowOpens);
            }
            network.ticker.schedule(Duration.ZERO, this::pump);
        }
    }

    private void windowOpens() {
        synchronized (network) {
            tellWritable();
        }
    }

    private static Runnable once(Runnable task) {
        AtomicBoolean ran = new AtomicBoolean();
        return () -> {
            if (ran.compareAndSet(false, true)) {
                task.run();
            }
        };
    }

    private void tell(Consumer<PeerStreamReceiver> what) {
        strand.execute(() -> {
            PeerStreamReceiver present;
            synchronized (network) {
                present = deaf ? null : receiver;
            }
            if (present != null) {
                what.accept(present);
            }
        });
    }

    // ---- ending

    @Override
    public void close() {
        synchronized (network) {
            epochEnd |= !closed;
            end("closed here", closedBy(), true);
        }
    }

    private String closedBy() {
        return "closed by " + home.key;
    }

    /** The link is broken at this side; the other side notices later. */
    void breakOff(String why) {
        end(why, "connection reset by " + home.key, false);
    }

    /** The node of this side has left. */
    void leave(boolean silently) {
        deaf = silently;
        end("the network is closed here", "connection reset by " + home.key, false);
    }

    private void end(String here, String there, boolean graceful) {
        if (!closed) {
            finish(here);
            if (other != null) {
                other.isEnded(there, graceful);
            }
        }
    }

    private void isEnded(String why, boolean graceful) {
        if (!closed && (ending == null || !graceful)) {
            ending = new Ending(why, graceful, nextArrival());
        }
    }

    private void finish(String why) {
        closed = true;
        incoming.clear();
        network.remove(this);
        tell(present -> present.closed(why));
    }

    @Override
    public String peer() {
        return remote;
    }
}
