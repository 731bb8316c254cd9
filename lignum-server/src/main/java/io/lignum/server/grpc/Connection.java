package io.lignum.server.grpc;

import io.grpc.Attributes;
import io.grpc.Context;
import io.lignum.server.service.ErrorCode;
import io.lignum.server.service.MemoryLease;
import io.lignum.server.service.ServiceException;

import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;

/** What the listener keeps about one connection. Any thread. */
final class Connection {

    static final Attributes.Key<Connection> ATTRIBUTE = Attributes.Key.create("lignum-connection");
    static final Context.Key<Connection> CONTEXT = Context.key("lignum-connection");

    /** It came when there were enough already; its calls are told so. */
    final boolean overLimit;

    /** Bytes of answers to single reads that the client has not taken yet. */
    private final AtomicLong unreadBytes = new AtomicLong();

    private final long maxUnreadBytes;
    private final Executor loop;

    Connection(boolean overLimit, long maxUnreadBytes, Executor loop) {
        this.overLimit = overLimit;
        this.maxUnreadBytes = maxUnreadBytes;
        this.loop = loop;
    }

    /** The connection of the call that this thread is in. */
    static Connection current() {
        return CONTEXT.get();
    }

    /** The event loop that reads and writes this connection's socket. */
    Executor loop() {
        return loop;
    }

    /**
     * Room for one answer, taken once it is known how large it is and given back when it is gone.
     */
    Lease lease(MemoryLease memory) {
        return new Lease(memory);
    }

    final class Lease {

        private final AtomicLong taken = new AtomicLong();
        private final MemoryLease memory;

        Lease(MemoryLease memory) {
            this.memory = memory;
        }

        /** The node's memory for what the answer is made of. */
        MemoryLease memory() {
            return memory;
        }

        /** For an answer as the transport keeps it. */
        void take(long bytes) {
            memory.take(bytes);
            taken.addAndGet(bytes);
            long unread = unreadBytes.addAndGet(bytes);
            // The first answer always fits, or a small limit would forbid reading altogether.
            if (unread > maxUnreadBytes && unread > bytes) {
                giveBack();
                throw ServiceException.overLimit(
                        ErrorCode.OVERLOADED,
                        "limits.max-bytes-in-flight",
                        maxUnreadBytes,
                        "this connection has too many answers that it does not read");
            }
        }

        void giveBack() {
            memory.close();
            unreadBytes.addAndGet(-taken.getAndSet(0));
        }
    }
}
