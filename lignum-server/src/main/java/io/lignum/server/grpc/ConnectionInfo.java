package io.lignum.server.grpc;

import io.grpc.Attributes;
import io.grpc.Context;
import io.lignum.server.service.ErrorCode;
import io.lignum.server.service.MemoryLease;
import io.lignum.server.service.ServiceException;

import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The listener's data about one connection: its address, and the memory of the responses that its
 * client has not read. Calls find it through {@link #current}. Any thread.
 */
final class ConnectionInfo {

    static final Attributes.Key<ConnectionInfo> ATTRIBUTE =
            Attributes.Key.create("lignum-connection");
    static final Context.Key<ConnectionInfo> CONTEXT = Context.key("lignum-connection");

    /** The connection is above the limit; its calls get an error. */
    final boolean overLimit;

    /** Bytes of responses to unary reads that the client has not read yet. */
    private final AtomicLong unreadBytes = new AtomicLong();

    private final long maxUnreadBytes;
    private final Executor loop;

    ConnectionInfo(boolean overLimit, long maxUnreadBytes, Executor loop) {
        this.overLimit = overLimit;
        this.maxUnreadBytes = maxUnreadBytes;
        this.loop = loop;
    }

    /** The connection of the current call. */
    static ConnectionInfo current() {
        return CONTEXT.get();
    }

    /** The event loop of this connection's socket. */
    Executor loop() {
        return loop;
    }

    /**
     * Reserves memory for one response, whose size becomes known later. Released when it is sent.
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

        /** The memory of the response's contents. */
        MemoryLease memory() {
            return memory;
        }

        /** Reserves memory for the response as the transport keeps it. */
        void take(long bytes) {
            memory.take(bytes);
            taken.addAndGet(bytes);
            long unread = unreadBytes.addAndGet(bytes);
            // The first response always succeeds, or a small limit would prevent reads.
            if (unread > maxUnreadBytes && unread > bytes) {
                giveBack();
                throw ServiceException.overLimit(
                        ErrorCode.OVERLOADED,
                        "limits.max-bytes-in-flight",
                        maxUnreadBytes,
                        "this connection has too many unread responses");
            }
        }

        void giveBack() {
            memory.close();
            unreadBytes.addAndGet(-taken.getAndSet(0));
        }
    }
}
