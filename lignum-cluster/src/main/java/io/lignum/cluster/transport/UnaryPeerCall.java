package io.lignum.cluster.transport;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ClientStreamTracer;
import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.Status;
import io.lignum.cluster.peer.NodeAddress;
import io.lignum.cluster.peer.PeerException;
import io.lignum.cluster.peer.PeerResponse;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Sends one request. If the connection had ended unnoticed, and the request was certainly not sent,
 * it is sent on a second connection; a request that may have been sent is never repeated. Any
 * thread.
 */
final class UnaryPeerCall {

    private static final int ATTEMPTS = 2;

    private final PeerConnections connections;
    private final NodeAddress to;
    private final Wire.AskRequest request;
    private final Duration timeout;
    private final Deadline deadline;
    private final CompletableFuture<PeerResponse> answer = new CompletableFuture<>();
    private int attempts;

    /** The request is in a gRPC call, which has a deadline of its own. */
    private boolean calling;

    private boolean late;

    UnaryPeerCall(
            PeerConnections connections,
            NodeAddress to,
            Wire.AskRequest request,
            Duration timeout) {
        this.connections = connections;
        this.to = to;
        this.request = request;
        this.timeout = timeout;
        this.deadline = Deadline.after(timeout.toNanos(), TimeUnit.NANOSECONDS);
    }

    CompletableFuture<PeerResponse> answer() {
        return answer;
    }

    private String peer() {
        return to.host() + ":" + to.internalPort();
    }

    void begin() {
        attempts++;
        PeerConnection connection = connections.take(to);
        if (connection == null) {
            fail(unreachable("the network is closed here"));
            return;
        }
        var unused = connection.proved().whenComplete((proved, failure) -> {
            if (failure != null) {
                connections.release(connection);
                fail(failure);
            } else {
                call(connection);
            }
        });
    }

    /** Whether a gRPC call has the request; its own deadline then ends it. */
    synchronized boolean isOnItsWay() {
        return calling;
    }

    /** The time is over. A pending gRPC call ends by its own deadline. */
    void timeOut() {
        synchronized (this) {
            late = true;
            if (calling) {
                return;
            }
        }
        fail(unreachable("no connection within " + timeout));
    }

    private PeerException unreachable(String why) {
        return new PeerException(PeerException.UNREACHABLE, false, peer() + ": " + why, null);
    }

    private void fail(Throwable failure) {
        answer.completeExceptionally(failure);
    }

    private void call(PeerConnection connection) {
        synchronized (this) {
            if (late) {
                connections.release(connection);
                return;
            }
            calling = true;
        }
        Sending sending = new Sending();
        Events events = new Events(connection, sending);
        try {
            send(connection, sending, events);
        } catch (Throwable bug) { // No other code would see it.
            events.failed(bug);
            throw bug;
        }
    }

    private void send(PeerConnection connection, Sending sending, Events events) {
        ClientCall<Wire.AskRequest, Wire.AskReply> call = connection
                .channel()
                .newCall(
                        PeerMethods.ASK,
                        CallOptions.DEFAULT
                                .withDeadline(deadline)
                                .withStreamTracerFactory(sending));
        call.start(events, new Metadata());
        call.request(2); // one message and the end
        call.sendMessage(request);
        call.halfClose();
    }

    /** Detects whether the request was handed to a connection. */
    private static final class Sending extends ClientStreamTracer.Factory {

        private volatile boolean sent;

        @Override
        public ClientStreamTracer newClientStreamTracer(
                ClientStreamTracer.StreamInfo info, Metadata headers) {
            return new ClientStreamTracer() {
                @Override
                public void outboundMessage(int number) {
                    sent = true;
                }
            };
        }
    }

    private final class Events extends ClientCall.Listener<Wire.AskReply> {

        private final PeerConnection connection;
        private final Sending sending;
        private final AtomicBoolean over = new AtomicBoolean();
        private Wire.@Nullable AskReply reply;

        Events(PeerConnection connection, Sending sending) {
            this.connection = connection;
            this.sending = sending;
        }

        @Override
        public void onMessage(Wire.AskReply message) {
            connection.heard();
            reply = message;
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            if (!over.compareAndSet(false, true)) {
                return;
            }
            connections.release(connection);
            try {
                connection.ended(status);
                end(status);
            } catch (Throwable bug) { // as above
                fail(unexpected(bug));
                throw bug;
            }
        }

        /** The call could not be started. */
        void failed(Throwable bug) {
            if (over.compareAndSet(false, true)) {
                connections.release(connection);
                fail(unexpected(bug));
            }
        }

        private PeerException unexpected(Throwable bug) {
            return new PeerException(
                    TransportErrors.INTERNAL, sending.sent, peer() + ": " + bug, bug);
        }

        private void end(Status status) {
            if (status.isOk() && reply != null) {
                complete(reply);
            } else if (status.getCode() == Status.Code.UNAVAILABLE
                    && !sending.sent
                    && attempts < ATTEMPTS) {
                again();
            } else {
                fail(TransportErrors.of(peer(), status, sending.sent));
            }
        }

        private void again() {
            boolean inTime;
            synchronized (UnaryPeerCall.this) {
                calling = false;
                inTime = !late;
            }
            if (inTime) {
                begin();
            } else {
                fail(unreachable("no connection within " + timeout));
            }
        }

        private void complete(Wire.AskReply message) {
            try {
                answer.complete(PeerResponseCodec.decode(message));
            } catch (PeerException refused) {
                fail(refused);
            } catch (MalformedException malformed) {
                fail(new PeerException(
                        TransportErrors.MALFORMED,
                        true,
                        peer() + " sent an invalid response: " + malformed.getMessage(),
                        malformed));
            }
        }
    }
}
