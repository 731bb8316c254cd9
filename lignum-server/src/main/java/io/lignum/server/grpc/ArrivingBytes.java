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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

/**
 * Counts the bytes of a call's requests as they arrive, before a message is complete, since the
 * transport keeps them in memory. A message that is not completed in time ends its call. Called by
 * the transport's event loop, except {@link #check}.
 */
final class ArrivingBytes extends ServerStreamTracer {

    private static final Logger LOG = LoggerFactory.getLogger(ArrivingBytes.class);

    private static final Context.Key<ArrivingBytes> CONTEXT = Context.key("lignum-arriving-bytes");

    /** Memory of the transport for one piece of a message, which may be a single byte. */
    private static final int PIECE_OVERHEAD = 64;

    private final MemoryLease memory;
    private final Set<ArrivingBytes> open;
    private long taken; // guarded by this
    private @Nullable Consumer<ServiceException> refusal; // guarded by this
    private @Nullable ServiceException refused; // guarded by this

    /** Start of the message that is arriving, as of System.nanoTime; 0 between messages. */
    private volatile long startNanos;

    private ArrivingBytes(MemoryLease memory, Set<ArrivingBytes> open) {
        this.memory = memory;
        this.open = open;
    }

    /** Counts all calls of a server, and checks for messages that take too long. */
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
            ArrivingBytes arriving = new ArrivingBytes(service.admission().memory(), open);
            open.add(arriving);
            return arriving;
        }

        private void next() {
            Duration pause = limit.dividedBy(4);
            try {
                var unused = threads.after(pause.toMillis() > 0 ? pause : limit, this::look);
            } catch (RejectedExecutionException closing) {
                // The listener closes, and its calls end.
                LOG.debug("Calls are not watched any more", closing);
            }
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

    /** The instance of the current call; null if the call did not come through a server. */
    static @Nullable ArrivingBytes current() {
        return CONTEXT.get();
    }

    /** Calls the action once when the call must end, immediately if it already must. */
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

    /** The complete messages are accounted for elsewhere from here on. */
    synchronized void consumed() {
        memory.giveBack(taken);
        taken = 0;
    }

    /**
     * Reserves memory of a message besides the bytes that arrived.
     *
     * @throws ServiceException the memory is not available
     */
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
        startNanos = now == 0 ? 1 : now;
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
        startNanos = 0;
    }

    @Override
    public void streamClosed(Status status) {
        startNanos = 0;
        open.remove(this);
        memory.close();
    }

    private void check(long now, Duration limit) {
        long since = startNanos;
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
