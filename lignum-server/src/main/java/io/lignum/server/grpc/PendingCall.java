package io.lignum.server.grpc;

import io.grpc.ServerCall;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.Consumer;

/**
 * Stands in for the handler of a call while its sender is identified on another thread. Keeps the
 * events of that time, which are few: no message arrives before the handler asks for one. gRPC
 * calls it on the thread of the call.
 */
final class PendingCall<Q> extends ServerCall.Listener<Q> {

    // Guarded by this, also while events are passed on, which keeps their order.
    private final Queue<Consumer<ServerCall.Listener<Q>>> early = new ArrayDeque<>();
    private ServerCall.@Nullable Listener<Q> handler;

    /** From now on events go to the handler; those of before are passed on first. */
    synchronized void begin(ServerCall.Listener<Q> started) {
        handler = started;
        early.forEach(event -> event.accept(started));
        early.clear();
    }

    private synchronized void pass(Consumer<ServerCall.Listener<Q>> event) {
        ServerCall.Listener<Q> started = handler;
        if (started == null) {
            early.add(event);
        } else {
            event.accept(started);
        }
    }

    @Override
    public void onMessage(Q message) {
        pass(listener -> listener.onMessage(message));
    }

    @Override
    public void onHalfClose() {
        pass(ServerCall.Listener::onHalfClose);
    }

    @Override
    public void onCancel() {
        pass(ServerCall.Listener::onCancel);
    }

    @Override
    public void onComplete() {
        pass(ServerCall.Listener::onComplete);
    }

    @Override
    public void onReady() {
        pass(ServerCall.Listener::onReady);
    }
}
