package io.lignum.server.grpc;

import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import io.lignum.api.ErrorDetail;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** What a stream answered, and how it ended. */
final class CollectedAnswers<T> implements StreamObserver<T> {

    private final List<T> values = new ArrayList<>();
    private final CompletableFuture<Status> end = new CompletableFuture<>();
    private volatile @Nullable Throwable error;

    @Override
    public synchronized void onNext(T value) {
        values.add(value);
        notifyAll();
    }

    @Override
    public void onError(Throwable cause) {
        error = cause;
        end.complete(Status.fromThrowable(cause));
    }

    @Override
    public void onCompleted() {
        end.complete(Status.OK);
    }

    synchronized List<T> values() {
        return List.copyOf(values);
    }

    Status end() throws Exception {
        return end.get(60, TimeUnit.SECONDS);
    }

    boolean isOver() {
        return end.isDone();
    }

    ErrorDetail details() throws Exception {
        end();
        Throwable cause = error;
        if (cause == null) {
            throw new AssertionError("the stream ended without an error");
        }
        return detailsOf(cause);
    }

    static ErrorDetail detailsOf(Throwable error) {
        Metadata trailers = error instanceof StatusRuntimeException failed
                ? failed.getTrailers()
                : Status.trailersFromThrowable(error);
        ErrorDetail details = trailers == null ? null : trailers.get(WireErrors.DETAILS);
        if (details == null) {
            throw new AssertionError("no details in the trailers", error);
        }
        return details;
    }
}
