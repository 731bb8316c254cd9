package io.lignum.cluster.transport;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.lignum.cluster.peer.Message;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * The server's end of a stream. {@link PeerGrpcService} creates it on an event loop when a peer
 * opens a stream.
 */
final class InboundStream extends GrpcPeerStream {

    private final ServerCall<Wire.Frame, Wire.Frame> call;
    private final int maxBytes;
    private boolean closed;

    InboundStream(
            ServerCall<Wire.Frame, Wire.Frame> call,
            String peer,
            int maxBytes,
            Executor loop,
            Consumer<Throwable> onFailure) {
        super(peer, loop, onFailure);
        this.call = call;
        this.maxBytes = maxBytes;
    }

    @Override
    void requestOne() {
        call.request(1);
    }

    @Override
    public boolean isWritable() {
        return !isClosing() && call.isReady();
    }

    @Override
    public void send(Message message) {
        Wire.Frame frame = MessageSizeLimits.check(MessageCodec.encode(message), maxBytes);
        synchronized (this) {
            if (!closed && !call.isCancelled()) {
                call.sendMessage(frame);
            }
        }
    }

    @Override
    public void close() {
        if (end(Status.OK)) {
            closedHere("closed here");
        }
    }

    @Override
    void breakOff(String why, @Nullable Throwable cause) {
        if (end(Status.INVALID_ARGUMENT.withDescription(why))) {
            closedHere(why);
        }
    }

    private synchronized boolean end(Status status) {
        if (closed) {
            return false;
        }
        closed = true;
        call.close(status, new Metadata());
        return true;
    }

    ServerCall.Listener<Wire.Frame> events() {
        return new ServerCall.Listener<>() {
            @Override
            public void onMessage(Wire.Frame frame) {
                arrived(frame);
            }

            @Override
            public void onReady() {
                ready();
            }

            @Override
            public void onHalfClose() {
                end(Status.OK);
                ended("closed by the peer");
            }

            @Override
            public void onCancel() {
                ended("the connection broke, or the peer ended it");
            }

            @Override
            public void onComplete() {
                ended("closed");
            }
        };
    }
}
