package io.lignum.server.cli;

import io.lignum.client.LignumException;
import io.lignum.client.Producer;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Sends lines with many in flight, and tracks up to which line all are stored.
 *
 * <p>One thread sends. The thread that handles an interrupt may ask for the progress. The lock
 * guards the unanswered lines.
 */
final class Sending {

    private final Producer<byte[], byte[]> producer;
    private final ArrayDeque<CompletableFuture<Long>> unanswered = new ArrayDeque<>();
    private long stored;
    private long storedBehind;
    private long sent;
    private long bytes;
    private long firstOffset = -1;
    private long lastOffset = -1;
    private @Nullable Throwable failure;

    Sending(Producer<byte[], byte[]> producer) {
        this.producer = producer;
    }

    /** Sends the next line; waits while too many are in flight. */
    void send(byte @Nullable [] key, byte[] value) {
        CompletableFuture<Long> offset;
        try {
            offset = producer.send(key, value);
        } catch (LignumException refused) {
            offset = CompletableFuture.failedFuture(refused);
        }
        synchronized (this) {
            unanswered.add(offset);
            sent++;
            bytes += value.length + (key == null ? 0 : key.length);
            reap();
        }
    }

    /** Processes the available responses, in the order of the lines. */
    private void reap() {
        for (CompletableFuture<Long> head = unanswered.peek();
                head != null && head.isDone();
                head = unanswered.peek()) {
            unanswered.remove();
            try {
                lastOffset = head.join();
                firstOffset = stored == 0 ? lastOffset : firstOffset;
                if (failure == null) {
                    stored++;
                } else {
                    storedBehind++;
                }
            } catch (RuntimeException failed) {
                failure = failure == null ? Failures.unwrap(failed) : failure;
            }
        }
    }

    /**
     * Whether a line was refused or its outcome is unknown; then no further line should be sent.
     */
    synchronized boolean hasFailed() {
        return failure != null;
    }

    /** Waits until all lines that were sent have a response, but at most this long. */
    void finish(long millis) throws InterruptedException {
        try {
            producer.flush().get(millis, TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException | LignumException e) {
            // The futures show which lines failed or have no response yet.
        }
        synchronized (this) {
            reap();
        }
    }

    synchronized long sent() {
        return sent;
    }

    synchronized long bytes() {
        return bytes;
    }

    synchronized long stored() {
        return stored;
    }

    synchronized long firstOffset() {
        return firstOffset;
    }

    synchronized long lastOffset() {
        return lastOffset;
    }

    /** Says in one sentence which lines are stored. */
    synchronized String account() {
        String safe = stored == 0
                ? "no line is known to be stored"
                : "lines 1.." + stored + " are stored";
        long left = sent - stored - storedBehind;
        if (left == 0) {
            return safe + ", nothing else was sent";
        }
        String behind = storedBehind == 0 ? "" : ", and " + storedBehind + " later lines";
        String rest = failure instanceof LignumException known
                        && known.outcome() == LignumException.Outcome.NOT_APPLIED
                        && left == 1
                ? "; line " + (stored + 1) + " is not stored"
                : "; " + left + (left == 1 ? " other line was" : " other lines were")
                        + " sent; it is unknown "
                        + (left == 1 ? "whether it is stored" : "which of them are stored");
        return safe + behind + rest;
    }

    /** The failure, to be reported together with {@link #account()}. */
    synchronized CommandFailure failure() {
        Throwable cause = failure == null ? new IllegalStateException("no failure") : failure;
        return CommandFailure.failed(
                "line " + (stored + 1) + ": " + Failures.words(cause) + "; " + account());
    }
}
