package io.lignum.cluster.consul;

import io.lignum.cluster.coordinator.Coordinator;
import io.lignum.cluster.coordinator.CoordinatorSite;
import io.lignum.cluster.testing.ConsulProcess;

import org.awaitility.Awaitility;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** The contract's tests against a real Consul, in real time. */
final class ConsulSite implements CoordinatorSite {

    final ConsulProcess consul;
    private final Map<String, ServerSocket> ports = new ConcurrentHashMap<>();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();

    ConsulSite(Path directory) {
        consul = ConsulProcess.start(directory);
    }

    @Override
    public Coordinator connect(String nodeId) {
        return new ConsulCoordinator(
                ConsulSettings.of("127.0.0.1", consul.httpPort()), ConsulSite::failed);
    }

    /** The backlog takes the check's connections, which are never accepted. */
    @Override
    public int openPort(String nodeId) {
        try {
            ServerSocket socket = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
            ports.put(nodeId, socket);
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void closePort(String nodeId) {
        ServerSocket socket = ports.remove(nodeId);
        if (socket == null) {
            return;
        }
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public <T> T await(CompletableFuture<T> future, Duration atMost) {
        return future.orTimeout(atMost.toMillis(), TimeUnit.MILLISECONDS).join();
    }

    @Override
    public void until(Duration atMost, BooleanSupplier condition) {
        Awaitility.await()
                .atMost(atMost)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(20))
                .until(condition::getAsBoolean);
    }

    /** Like {@link #until}, but a failing call means not yet. */
    void untilAnswered(Duration atMost, BooleanSupplier condition) {
        until(atMost, () -> {
            try {
                return condition.getAsBoolean();
            } catch (CompletionException notYet) {
                return false;
            }
        });
    }

    @Override
    public long nanos() {
        return System.nanoTime();
    }

    @Override
    public Repeated every(Duration pause, Runnable task) {
        Future<?> running = timer.scheduleWithFixedDelay(
                task, pause.toMillis(), pause.toMillis(), TimeUnit.MILLISECONDS);
        return () -> running.cancel(false);
    }

    @Override
    public void close() {
        timer.shutdownNow();
        ports.keySet().forEach(this::closePort);
        consul.close();
    }

    /** No call meets an Error in these tests. */
    static void failed(Throwable error) {
        throw new AssertionError("a call ended with an Error", error);
    }
}
