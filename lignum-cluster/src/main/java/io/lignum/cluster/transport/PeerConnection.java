package io.lignum.cluster.transport;

import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.lignum.cluster.peer.PeerException;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * One connection to a peer, from the handshake to its end; a broken one is replaced, never reused.
 * The peer must prove that it knows the secret before anything but a nonce is sent to it. The
 * connection is pinged to detect one that is half-open. Any thread.
 */
final class PeerConnection {

    private static final Logger LOG = LoggerFactory.getLogger(PeerConnection.class);

    /*
     * A half-open connection is detected after at most 5 s. A second ping follows one that is not
     * answered, because this machine may be slow and the answer unread. gRPC's own pings have a
     * least interval of 10 s.
     */
    private static final Duration PING_EVERY = Duration.ofSeconds(1);
    private static final Duration PING_ANSWER = Duration.ofSeconds(2);

    /** For each of the two calls of the handshake; the first includes connecting. */
    private static final Duration HANDSHAKE = Duration.ofSeconds(3);

    private final String peer;
    private final ManagedChannel channel;
    private final SharedSecretAuth auth;
    private final ScheduledExecutorService loop;
    private final Consumer<PeerConnection> forget;
    private final CompletableFuture<PeerConnection> proved = new CompletableFuture<>();
    private final AtomicBoolean broken = new AtomicBoolean();
    private volatile String why = "";
    private volatile long lastHeardNanos = System.nanoTime();

    /** @param forget called when new calls must use another connection */
    PeerConnection(
            String peer,
            ManagedChannel channel,
            SharedSecretAuth auth,
            ScheduledExecutorService loop,
            Consumer<PeerConnection> forget) {
        this.peer = peer;
        this.channel = channel;
        this.auth = auth;
        this.loop = loop;
        this.forget = forget;
    }

    String peer() {
        return peer;
    }

    /** Use it only after {@link #proved} has completed. */
    ManagedChannel channel() {
        return channel;
    }

    /** Completes when calls can be made; fails with {@link PeerException} if nothing was sent. */
    CompletableFuture<PeerConnection> proved() {
        return proved;
    }

    // ---- the handshake

    void begin() {
        try {
            greet();
        } catch (RuntimeException bug) {
            failed(bug);
        } catch (Error error) {
            failed(error);
            throw error;
        }
    }

    private void greet() {
        byte[] nonce = auth.nonce();
        Metadata headers = new Metadata();
        headers.put(PeerMethods.PROTOCOL, PeerMethods.PROTOCOL_VERSION);
        headers.put(PeerMethods.CLUSTER, auth.cluster());
        headers.put(PeerMethods.NONCE, nonce);
        call(
                PeerMethods.HELLO,
                headers,
                HANDSHAKE,
                (status, answer, transport) -> greeted(nonce, status, answer, transport));
    }

    private void greeted(byte[] nonce, Status status, Metadata answer, Attributes transport) {
        if (!status.isOk()) {
            refused(status);
            return;
        }
        byte[] theirs = answer.get(PeerMethods.NONCE);
        byte[] proof = answer.get(PeerMethods.PROOF);
        if (theirs == null || theirs.length != SharedSecretAuth.NONCE_BYTES || proof == null) {
            refused(Status.UNAUTHENTICATED.withDescription("the peer's answer has no proof"));
            return;
        }
        var challenge =
                new SharedSecretAuth.Challenge(nonce, theirs, ChannelBinding.ofClient(transport));
        if (!auth.isProved(SharedSecretAuth.Side.SERVER, challenge, proof)) {
            refused(Status.UNAUTHENTICATED.withDescription(PeerMethods.WRONG_PROOF));
            return;
        }
        Metadata headers = new Metadata();
        headers.put(PeerMethods.PROOF, auth.prove(SharedSecretAuth.Side.CLIENT, challenge));
        call(PeerMethods.PROVE, headers, HANDSHAKE, (end, trailers, same) -> {
            if (end.isOk()) {
                proved.complete(this);
                watch();
                pingLater();
            } else {
                refused(end);
            }
        });
    }

    private void refused(Status status) {
        if (status.getCode() == Status.Code.UNAUTHENTICATED) {
            LOG.warn("No handshake with {}: {}", peer, TransportErrors.text(status));
        }
        breakOff("no handshake");
        proved.completeExceptionally(TransportErrors.of(peer, status, false));
    }

    /** The next call gets another connection. */
    private void failed(Throwable bug) {
        breakOff("failed: " + bug);
        proved.completeExceptionally(
                new PeerException(TransportErrors.INTERNAL, false, peer + ": " + bug, bug));
    }

    // ---- after the handshake

    private void watch() {
        if (channel.getState(false) == ConnectivityState.READY) {
            channel.notifyWhenStateChanged(ConnectivityState.READY, this::watch);
        } else {
            breakOff("the connection is closed");
        }
    }

    private void pingLater() {
        if (!broken.get() && !loop.isShutdown()) {
            var unused =
                    loop.schedule(() -> ping(true), PING_EVERY.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    /** Something was received, so the connection is not half-open, even if an answer takes long. */
    void heard() {
        lastHeardNanos = System.nanoTime();
    }

    private void ping(boolean first) {
        if (broken.get()) {
            return;
        }
        long sentNanos = System.nanoTime();
        call(PeerMethods.PING, new Metadata(), PING_ANSWER, (status, trailers, transport) -> {
            boolean late = status.getCode() == Status.Code.DEADLINE_EXCEEDED;
            if (status.isOk() || (late && lastHeardNanos - sentNanos > 0)) {
                pingLater();
            } else if (late && first) {
                ping(false);
            } else {
                breakOff("a ping was not answered: " + TransportErrors.text(status));
            }
        });
    }

    /** Takes the end of a call, with the attributes of the connection. */
    private interface Ended {
        void accept(Status status, Metadata trailers, Attributes transport);
    }

    private void call(
            MethodDescriptor<Wire.Nothing, Wire.Nothing> method,
            Metadata headers,
            Duration timeout,
            Ended end) {
        ClientCall<Wire.Nothing, Wire.Nothing> call = channel.newCall(
                method,
                CallOptions.DEFAULT.withDeadlineAfter(timeout.toNanos(), TimeUnit.NANOSECONDS));
        call.start(
                new ClientCall.Listener<>() {
                    @Override
                    public void onClose(Status status, Metadata trailers) {
                        try {
                            end.accept(status, trailers, call.getAttributes());
                        } catch (Throwable bug) { // No other code would see the failure.
                            failed(bug);
                            throw bug;
                        }
                    }
                },
                headers);
        call.request(1);
        call.halfClose();
    }

    /** A call on this connection ended with this status. */
    void ended(Status status) {
        if (TransportErrors.isOfConnection(status)) {
            breakOff(TransportErrors.text(status));
        }
    }

    /** Ends the connection and all calls on it. */
    void breakOff(String reason) {
        if (broken.compareAndSet(false, true)) {
            why = reason;
            LOG.debug("The connection to {} ends: {}", peer, reason);
            forget.accept(this);
            channel.shutdownNow();
        }
    }

    /**
     * Why a call ended with this status; the transport does not know why this connection was
     * closed.
     */
    String why(Status status) {
        return broken.get() && !why.isEmpty() ? why : TransportErrors.text(status);
    }

    /** Ends the connection after its pending calls. */
    void retire() {
        if (broken.compareAndSet(false, true)) {
            channel.shutdown();
        }
    }

    void awaitEnd(Duration atMost) throws InterruptedException {
        channel.awaitTermination(atMost.toMillis(), TimeUnit.MILLISECONDS);
    }
}
