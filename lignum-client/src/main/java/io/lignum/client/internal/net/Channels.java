package io.lignum.client.internal.net;

import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.ChannelOption;
import io.grpc.netty.shaded.io.netty.channel.EventLoop;
import io.lignum.client.LignumException;
import io.lignum.client.internal.errors.Errors;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * The connections of a client, one to each node that it talks to, made when one is asked for. Any
 * thread.
 */
final class Channels {

    /** An answer holds at least one batch, however large the node allows them. */
    private static final int MAX_ANSWER_BYTES = 128 << 20;

    private static final int CONNECT_TIMEOUT_MILLIS = 5_000;
    private static final int FLOW_CONTROL_WINDOW = 2 << 20;

    /** Half-open connections are noticed after the sum of both; nodes allow a ping every 5 s. */
    private static final int PING_AFTER_SECONDS = 10;

    private static final int PING_ANSWER_SECONDS = 5;

    private final EventLoop loop;

    // Guarded by this.
    private final Map<Address, ManagedChannel> channels = new HashMap<>();
    private boolean closed;

    Channels(EventLoop loop) {
        this.loop = loop;
    }

    /**
     * The channel to a node.
     *
     * @throws LignumException.Closed the client is closed
     */
    synchronized ManagedChannel to(Address address) {
        if (closed) {
            throw Errors.closed("the client");
        }
        return channels.computeIfAbsent(address, this::connect);
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

    /** The next to ask gets another channel. False: so it would in any case. */
    synchronized boolean forget(Address address, ManagedChannel which) {
        return channels.remove(address, which);
    }

    /** New calls shall not go to other nodes than these any more; those under way may. */
    void keepOnly(Set<Address> wanted) {
        List<ManagedChannel> dropped = new ArrayList<>();
        synchronized (this) {
            Iterator<Map.Entry<Address, ManagedChannel>> all =
                    channels.entrySet().iterator();
            while (all.hasNext()) {
                Map.Entry<Address, ManagedChannel> one = all.next();
                if (!wanted.contains(one.getKey())) {
                    dropped.add(one.getValue());
                    all.remove();
                }
            }
        }
        dropped.forEach(ManagedChannel::shutdown);
    }

    /** Ends them with all calls; at most a second is given to that. False: they were closed. */
    boolean close() {
        List<ManagedChannel> last;
        synchronized (this) {
            if (closed) {
                return false;
            }
            closed = true;
            last = List.copyOf(channels.values());
            channels.clear();
        }
        last.forEach(ManagedChannel::shutdownNow);
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(1);
        try {
            for (ManagedChannel one : last) {
                one.awaitTermination(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        return true;
    }
}
