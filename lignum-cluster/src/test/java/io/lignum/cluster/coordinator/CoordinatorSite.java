package io.lignum.cluster.coordinator;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;

/** Where the contract's tests run: in simulated time, or against a real server. */
public interface CoordinatorSite extends AutoCloseable {

    /** Another connection, for the node with that id. */
    Coordinator connect(String nodeId);

    /** Makes a port reachable for the node's check, and tells which. */
    int openPort(String nodeId);

    /** Closes the port again. */
    void closePort(String nodeId);

    /**
     * Lets time pass until the future is done, for at most {@code atMost}, and gives or throws what
     * it has.
     */
    <T> T await(CompletableFuture<T> future, Duration atMost);

    /** Lets time pass until it is so, for at most {@code atMost}. */
    void until(Duration atMost, BooleanSupplier condition);

    /** The site's clock. */
    long nanos();

    /** Runs the task again and again, until that is closed. */
    Repeated every(Duration pause, Runnable task);

    @Override
    void close();

    /** Something that repeats until it is closed. */
    interface Repeated extends AutoCloseable {
        @Override
        void close();
    }
}
