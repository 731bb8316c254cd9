package io.lignum.client;

import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.ChannelOption;
import io.grpc.netty.shaded.io.netty.channel.EventLoop;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The one connection of a client and the thread that serves it. Whoever finds it broken says so with
 * {@link #broken} or {@link
 * #stalled}, and the next to ask gets a fresh one, to the next address. Any thread.
 *
 * <p>Calls are neither queued nor retried below this: who makes one knows better what may be sent
 * again. Answers are handled on the I/O thread itself.
 */
final class Connection {

    /** An answer holds at least one batch, however large the node allows them. */
    private static final int MAX_ANSWER_BYTES = 128 << 20;

    private static final int CONNECT_TIMEOUT_MILLIS = 5_000;
    private static final int FLOW_CONTROL_WINDOW = 2 << 20;

    /** Half-open connections are noticed after the sum of both; nodes allow a ping every 5 s. */
    private static final int PING_AFTER_SECONDS = 10;

    private static final int PING_ANSWER_SECONDS = 5;

    private final List<Address> addresses;
    private final Duration requestTimeout;
    private final EventLoop loop = IoThreads.acquire();

    // Guarded by this.
    private @Nullable ManagedChannel channel;
    private int address;
    private boolean closed;

    Connection(List<Address> addresses, Duration requestTimeout) {
        this.addresses = List.copyOf(addresses);
        this.requestTimeout = requestTimeout;
    }

    Duration requestTimeout() {
        return requestTimeout;
    }

    /** The client's I/O thread, on which state machines run. Takes tasks also after close. */
    EventLoop loop() {
        return loop;
    }

    /** Who blocks there waits for himself. */
    void refuseOnIoThread(String what) {
        if (loop.inEventLoop()) {
            throw new IllegalStateException(what + " would block the client's I/O thread, on which"
                    + " its answer is to arrive. Use the Async forms of CompletableFuture, or give"
                    + " the client a callbackExecutor.");
        }
    }

    /**
     * The present channel.
     *
     * @throws LignumException.Closed the client is closed
     */
    synchronized ManagedChannel channel() {
        if (closed) {
            throw Errors.closed("the client");
        }
        ManagedChannel present = channel;
        if (present == null) {
            present = connect(addresses.get(address));
            channel = present;
        }
        return present;
    }

    private ManagedChannel connect(Address to) {
        return NettyChannelBuilder.forAddress(to.host(), to.port())
                .usePlaintext()
                .directExecutor()
                .disableRetry()
                .eventLoopGroup(loop)
                .channelType(IoThreads.channelType())
                .withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MILLIS)
                .flowControlWindow(FLOW_CONTROL_WINDOW)
                .maxInboundMessageSize(MAX_ANSWER_BYTES)
                .keepAliveTime(PING_AFTER_SECONDS, TimeUnit.SECONDS)
                .keepAliveTimeout(PING_ANSWER_SECONDS, TimeUnit.SECONDS)
                .build();
    }

    /** New calls shall not go there any more; those that are under way may. */
    void broken(ManagedChannel which) {
        if (forget(which)) {
            which.shutdown();
        }
    }

    /** It does not answer, so it is given up with all calls on it. */
    void stalled(ManagedChannel which) {
        forget(which);
        which.shutdownNow();
    }

    private synchronized boolean forget(ManagedChannel which) {
        if (channel != which) {
            return false; // Somebody else has said so before.
        }
        channel = null;
        address = (address + 1) % addresses.size();
        return true;
    }

    /** Calls that are under way end; at most a second is given to it. */
    void close() {
        ManagedChannel last;
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            last = channel;
            channel = null;
        }
        if (last != null) {
            last.shutdownNow();
            awaitEnd(last);
        }
        IoThreads.release();
    }

    private static void awaitEnd(ManagedChannel last) {
        try {
            last.awaitTermination(1, TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public String toString() {
        return addresses.toString();
    }
}
