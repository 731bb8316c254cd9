package io.lignum.cluster.transport;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import io.lignum.cluster.peer.Message;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * The client's end of a stream. Messages that are sent before the connection is authenticated wait
 * here. {@link GrpcNetwork} creates it when the node connects to a peer. Any thread.
 */
final class OutboundStream extends GrpcPeerStream {

    private static final CallOptions OPTIONS =
            CallOptions.DEFAULT.withOnReadyThreshold(GrpcNetwork.ON_READY_BYTES);

    private final int maxBytes;
    private final ArrayDeque<Wire.Frame> waiting = new ArrayDeque<>();
    private @Nullable ClientCall<Wire.Frame, Wire.Frame> call;
    private boolean closed;

    OutboundStream(String peer, int maxBytes, Executor loop, Consumer<Throwable> onFailure) {
        super(peer, loop, onFailure);
        this.maxBytes = maxBytes;
    }

    /**
     * The connection is authenticated.
     *
     * @param finished runs once the connection is not used any more
     */
    void open(PeerConnection connection, Runnable finished) {
        synchronized (this) {
            if (closed && waiting.isEmpty()) {
                finished.run();
                return;
            }
            ClientCall<Wire.Frame, Wire.Frame> opened =
                    connection.channel().newCall(PeerMethods.FOLLOW, OPTIONS);
            call = opened;
            opened.start(new Events(connection, finished), new Metadata());
            opened.request(1);
            waiting.forEach(opened::sendMessage);
            waiting.clear();
            if (closed) {
                opened.halfClose();
            }
        }
    }

    private synchronized @Nullable ClientCall<Wire.Frame, Wire.Frame> call() {
        return call;
    }

    @Override
    void requestOne() {
        ClientCall<Wire.Frame, Wire.Frame> present = call();
        if (present != null) {
            present.request(1);
        }
    }

    @Override
    public boolean isWritable() {
        ClientCall<Wire.Frame, Wire.Frame> present = call();
        return present != null && !isClosing() && present.isReady();
    }

    @Override
    public void send(Message message) {
        Wire.Frame frame = MessageSizeLimits.check(MessageCodec.encode(message), maxBytes);
        synchronized (this) {
            if (closed) {
                return;
            }
            if (call == null) {
                waiting.add(frame);
            } else {
                call.sendMessage(frame);
            }
        }
    }

    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            if (call != null) {
                call.halfClose();
            }
        }
        closedHere("closed here");
    }

    @Override
    void breakOff(String why, @Nullable Throwable cause) {
        synchronized (this) {
            closed = true;
            waiting.clear();
            if (call != null) {
                call.cancel(why, cause);
            }
        }
        closedHere(why);
    }

    private final class Events extends ClientCall.Listener<Wire.Frame> {

        private final PeerConnection connection;
        private final Runnable finished;

        Events(PeerConnection connection, Runnable finished) {
            this.connection = connection;
            this.finished = finished;
        }

        @Override
        public void onMessage(Wire.Frame frame) {
            connection.heard();
            arrived(frame);
        }

        @Override
        public void onReady() {
            ready();
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            synchronized (OutboundStream.this) {
                closed = true;
            }
            connection.ended(status);
            finished.run();
            ended(status.isOk() ? "closed by the peer" : connection.why(status));
        }
    }
}
