package io.lignum.server.grpc;

import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import io.lignum.server.config.Limits;
import io.lignum.server.service.ErrorCode;
import io.lignum.server.service.LogService;
import io.lignum.server.service.MemoryLease;
import io.lignum.server.service.ServiceException;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * The bytes of one call's requests, counted as they arrive, long before a message is whole: the
 * transport keeps them. A message that is begun and not completed in time ends its call. Called by
 * the transport's event loop, but for {@link #check}.
 */
final class ArrivingBytes extends ServerStreamTracer {

    private static final Context.Key<ArrivingBytes> CONTEXT = Context.key("lignum-arriving-bytes");

    /** What the transport keeps for one piece of a message, which may be a single byte. */
    private static final int PIECE_OVERHEAD = 64;

    private final MemoryLease memory;
    private final Set<ArrivingBytes> open;
    private long taken; // guarded by this
    private @Nullable Consumer<ServiceException> refusal; // guarded by this
    private @Nullable ServiceException refused; // guarded by this

    /** When the message that is on its way began, as of System.nanoTime; 0 between messages. */
    private volatile long begun;

    private ArrivingBytes(MemoryLease memory, Set<ArrivingBytes> open) {
        this.memory = memory;
        this.open = open;
    }

    /** Counts every call of a server, and looks for messages that take too long. */
    static final class Factory extends ServerStreamTracer.Factory {

        private final LogService service;
        private final GrpcThreads threads;
        private final Duration limit;
        private final Set<ArrivingBytes> open = ConcurrentHashMap.newKeySet();

        Factory(LogService service, GrpcThreads threads) {
            Limits limits = service.limits();
            this.service = service;
            this.threads = threads;
            this.limit = limits.slowClientTimeout();
            next();
        }

        @Override
        public ServerStreamTracer newServerStreamTracer(String method, Metadata headers) {
            ArrivingBytes arriving = new ArrivingBytes(service.memory(), open);
            open.add(arriving);
            return arriving;
        }

        private void next() {
            Duration pause = limit.dividedBy(4);
            var unused = threads.after(pause.toMillis() > 0 ? pause : limit, this::look);
        }

        private void look() {
            try {
                long now = System.nanoTime();
                open.forEach(arriving -> arriving.check(now, limit));
            } finally {
                next();
            }
        }
    }

    /** Of the call that this thread is in; null where the call did not come through a server. */
    static @Nullable ArrivingBytes current() {
        return CONTEXT.get();
    }

    /** Calls this once when the call has to end, at once if it has to already. */
    void onRefusal(Consumer<ServiceException> action) {
        ServiceException before;
        synchronized (this) {
            refusal = action;
            before = refused;
        }
        if (before != null) {
            action.accept(before);
        }
    }

    /** The messages that are whole have been taken over by what counts them from here on. */
    synchronized void consumed() {
        memory.giveBack(taken);
        taken = 0;
    }

    /** Counts what a message takes besides the bytes that arrived. ServiceException: it may not. */
    synchronized void take(long bytes) {
        memory.take(bytes);
        taken += bytes;
    }

    @Override
    public Context filterContext(Context context) {
        return context.withValue(CONTEXT, this);
    }

    @Override
    public void inboundMessage(int number) {
        long now = System.nanoTime();
        begun = now == 0 ? 1 : now;
    }

    @Override
    public void inboundWireSize(long bytes) {
        try {
            take(bytes + PIECE_OVERHEAD);
        } catch (ServiceException e) {
            refuse(e);
        }
    }

    @Override
    public void inboundMessageRead(int number, long wireBytes, long uncompressedBytes) {
        begun = 0;
    }

    @Override
    public void streamClosed(Status status) {
        begun = 0;
        open.remove(this);
        memory.close();
    }

    private void check(long now, Duration limit) {
        long since = begun;
        if (since != 0 && now - since > limit.toNanos()) {
            refuse(ServiceException.overLimit(
                    ErrorCode.OVERLOADED,
                    "limits.slow-client-timeout-in-ms",
                    limit.toMillis(),
                    "the request did not arrive in time"));
        }
    }

    private void refuse(ServiceException error) {
        Consumer<ServiceException> action;
        synchronized (this) {
            if (refused != null) {
                return;
            }
            refused = error;
            action = refusal;
        }
        if (action != null) {
            action.accept(error);
        }
    }
}
