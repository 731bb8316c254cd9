package io.lignum.server.grpc;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.Future;

/**
 * The waits of a unary read ({@link Fetches}), one after the other; the current one ends if the
 * client disconnects. Any thread.
 */
final class CallWaits {

    private @Nullable Future<?> current; // guarded by this
    private boolean cancelled; // guarded by this

    private CallWaits() {}

    /** Must be called within the call, since only then its end can be observed. */
    static CallWaits of(StreamObserver<?> out, ConnectionInfo.Lease lease) {
        CallWaits pending = new CallWaits();
        ((ServerCallStreamObserver<?>) out).setOnCancelHandler(() -> {
            pending.cancel();
            lease.giveBack();
        });
        return pending;
    }

    void on(Future<?> next) {
        boolean tooLate;
        synchronized (this) {
            current = next;
            tooLate = cancelled;
        }
        if (tooLate) {
            next.cancel(false);
        }
    }

    private void cancel() {
        Future<?> last;
        synchronized (this) {
            cancelled = true;
            last = current;
        }
        if (last != null) {
            last.cancel(false);
        }
    }
}
