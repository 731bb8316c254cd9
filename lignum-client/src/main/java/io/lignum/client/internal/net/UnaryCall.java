package io.lignum.client.internal.net;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.lignum.client.LignumException;
import io.lignum.client.LignumException.Outcome;
import io.lignum.client.internal.errors.Errors;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Sends one request to a node, and again, perhaps to another node, while that is safe, the error is
 * transient, and there is time. On the I/O thread.
 */
public final class UnaryCall<Q, R> {

    /**
     * What is asked of a node.
     *
     * @param changes whether the call changes data, so an unknown outcome must not be repeated
     */
    public record Request<Q, R>(MethodDescriptor<Q, R> method, Q message, boolean changes) {}

    private static final long MOST_FOR_LAST_ATTEMPT_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Connection connection;
    private final Request<Q, R> request;
    private final CompletableFuture<R> result = new CompletableFuture<>();
    private final Backoff backoff = new Backoff();
    private final long deadline;
    private final IoTasks tasks;

    private UnaryCall(Connection connection, Request<Q, R> request) {
        this.connection = connection;
        this.request = request;
        this.tasks = connection.tasks(bug -> result.completeExceptionally(Errors.bug(bug)));
        this.deadline = System.nanoTime() + connection.requestTimeout().toNanos();
    }

    /**
     * Starts a call from any thread, without blocking.
     *
     * @param result makes the result from the answer
     * @return completes with the result, or with a LignumException
     */
    public static <Q, R, T> CompletableFuture<T> start(
            Connection connection,
            Callbacks callbacks,
            Request<Q, R> request,
            Function<R, T> result) {
        UnaryCall<Q, R> call = new UnaryCall<>(connection, request);
        call.tasks.execute(call::attempt);
        // By hand: a dependent stage would wrap the exception.
        CompletableFuture<T> returned = new CompletableFuture<>();
        var unused = call.result.whenCompleteAsync(
                (answer, error) -> {
                    if (error == null) {
                        complete(returned, answer, result);
                    } else {
                        returned.completeExceptionally(error);
                    }
                },
                callbacks.forFutures());
        return returned;
    }

    private static <R, T> void complete(
            CompletableFuture<T> returned, R answer, Function<R, T> result) {
        try {
            returned.complete(result.apply(answer));
        } catch (RuntimeException invalid) {
            returned.completeExceptionally(
                    Errors.invalidAnswer("an invalid answer", Outcome.UNKNOWN, invalid));
        } catch (Error unexpected) {
            returned.completeExceptionally(Errors.bug(unexpected));
        }
    }

    private void attempt() {
        Address address = connection.metadata().toCall();
        ManagedChannel channel;
        try {
            channel = connection.channel(address);
        } catch (LignumException closed) {
            result.completeExceptionally(closed);
            return;
        }
        long left = Math.max(1, Math.min(deadline - System.nanoTime(), patienceNanos()));
        ClientCall<Q, R> call = channel.newCall(
                request.method(),
                CallOptions.DEFAULT.withDeadlineAfter(left, TimeUnit.NANOSECONDS));
        call.start(new Answer(address, channel), new Metadata());
        call.request(2); // A second answer is invalid, and must be noticed.
        call.sendMessage(request.message());
        call.halfClose();
    }

    /* A read can be repeated at another node. A change that is given up may still be made. */
    private long patienceNanos() {
        long whole = connection.requestTimeout().toNanos();
        return request.changes() || connection.metadata().isAlone() ? whole : whole / 4;
    }

    /**
     * The least time for another attempt. With less it would probably end by the deadline, which
     * says less than the error that is known, and leaves the outcome of a change unknown.
     */
    private long leastNanos() {
        return Math.min(MOST_FOR_LAST_ATTEMPT_NANOS, connection.requestTimeout().toNanos() / 10);
    }

    private final class Answer extends ClientCall.Listener<R> {
        private final Address address;
        private final ManagedChannel channel;
        private @Nullable R answer;
        private int answers;

        Answer(Address address, ManagedChannel channel) {
            this.address = address;
            this.channel = channel;
        }

        @Override
        public void onMessage(R message) {
            answer = message;
            answers++;
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            tasks.run(() -> closed(status, trailers));
        }

        private void closed(Status status, Metadata trailers) {
            R got = answer;
            if (status.isOk() && got != null && answers == 1) {
                connection.metadata().answered(address);
                result.complete(got);
            } else if (status.isOk()) {
                result.completeExceptionally(Errors.invalidAnswer(
                        answers + " answers to one call",
                        request.changes() ? Outcome.UNKNOWN : Outcome.NONE,
                        null));
            } else {
                failed(address, channel, WireErrors.of(status, trailers, request.changes()));
            }
        }
    }

    private void failed(Address address, ManagedChannel channel, LignumException reported) {
        LignumException error = connection.failed(address, channel, reported);
        if (error instanceof LignumException.Timeout
                || error instanceof LignumException.NotLeader
                || error instanceof LignumException.CoordinatorUnavailable) {
            connection.metadata().failed(address); // Another node may answer.
            connection.metadataUpdater().search();
        }
        long pause = backoff.nextNanos();
        if (Errors.isRetriable(error)
                && error.outcome() != Outcome.UNKNOWN
                && System.nanoTime() + pause + leastNanos() < deadline) {
            var unused = tasks.schedule(this::attempt, pause);
        } else {
            result.completeExceptionally(error);
        }
    }
}
