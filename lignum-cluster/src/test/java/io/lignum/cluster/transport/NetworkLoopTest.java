package io.lignum.cluster.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.netty.shaded.io.netty.channel.EventLoop;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.lignum.cluster.Loop;
import io.lignum.cluster.LoopContract;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

final class NetworkLoopTest extends LoopContract {

    private final EventLoopGroup group = SocketTransport.loops(THREAD, 1);
    private final EventLoop thread = group.next();
    private final NetworkLoop loop = new NetworkLoop(thread, failure::complete);

    @Override
    protected Loop loop() {
        return loop;
    }

    /** The thread belongs to the network and goes on. */
    @Override
    protected void awaitEnd() throws Exception {
        thread.submit(() -> {}).get(10, TimeUnit.SECONDS);
    }

    @AfterEach
    void endThread() throws InterruptedException {
        var ended = group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        assertThat(ended.await(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void tasksAfterTheNetworkIsClosed_areDropped() throws Exception {
        AtomicInteger ran = new AtomicInteger();
        endThread();
        loop.execute(ran::incrementAndGet);
        loop.schedule(Duration.ZERO, ran::incrementAndGet);
        assertThat(ran).hasValue(0);
        assertThat(failure).isNotDone();
    }
}
