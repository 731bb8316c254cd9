package io.lignum.server.grpc;

import com.google.protobuf.MessageLite;

import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.lignum.server.service.LogService;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Answers unary calls: does the work on another thread, and sends the answer or the error exactly
 * once. Any thread.
 */
final class UnaryCalls {

    private final GrpcThreads threads;
    private final Function<Throwable, StatusRuntimeException> errors;

    UnaryCalls(GrpcThreads threads, Function<Throwable, StatusRuntimeException> errors) {
        this.threads = threads;
        this.errors = errors;
    }

    /** Answers with the value of a future, on a thread of the listener and not the engine's. */
    <F, A> void later(StreamObserver<A> out, CompletableFuture<F> future, Function<F, A> answer) {
        threads.failures().whenDone(future, threads.calls(), (result, error) -> {
            if (error == null) {
                now(out, () -> answer.apply(result));
            } else {
                fail(out, error);
            }
        });
    }

    /** Answers with the result of work that touches files. */
    <A> void onFiles(StreamObserver<A> out, Supplier<A> work) {
        try {
            threads.files().execute(() -> now(out, work));
        } catch (RejectedExecutionException full) {
            fail(out, threads.tooManyReads());
        }
    }

    /** Answers with the value of a future that work which touches files returns. */
    <F, A> void laterOnFiles(
            StreamObserver<A> out, Supplier<CompletableFuture<F>> work, Function<F, A> answer) {
        try {
            threads.files().execute(() -> guarded(out, () -> later(out, work.get(), answer)));
        } catch (RejectedExecutionException full) {
            fail(out, threads.tooManyReads());
        }
    }

    /**
     * The same as {@link #onFiles} for large answers, whose memory counts until the client has read
     * them.
     */
    <A extends MessageLite> void largeOnFiles(
            StreamObserver<A> out, ConnectionInfo.Lease lease, Supplier<A> work) {
        onFiles(out, () -> {
            A answer = work.get();
            lease.take(answer.getSerializedSize());
            return answer;
        });
    }

    /** A lease for the answer, released when the answer is sent. Must be called within the call. */
    static ConnectionInfo.Lease lease(StreamObserver<?> out, LogService service) {
        ConnectionInfo.Lease lease =
                ConnectionInfo.current().lease(service.admission().memory());
        ServerCallStreamObserver<?> call = (ServerCallStreamObserver<?>) out;
        call.setOnCloseHandler(lease::giveBack);
        call.setOnCancelHandler(lease::giveBack);
        return lease;
    }

    /** Continues when the future is done; immediately if it is done already. */
    void once(CompletableFuture<?> done, CallWaits pending, StreamObserver<?> out, Runnable then) {
        if (done.isDone() && !done.isCompletedExceptionally()) {
            then.run();
            return;
        }
        pending.on(done);
        threads.failures().whenDone(done, threads.calls(), (result, error) -> {
            if (error == null) {
                guarded(out, then);
            } else if (!done.isCancelled()) {
                fail(out, error);
            }
        });
    }

    /**
     * Continues when a wait has ended, unless the client cancelled it. The read that follows finds
     * the reason for the end itself.
     */
    void whenEnded(CompletableFuture<?> wait, StreamObserver<?> out, Runnable then) {
        threads.failures().whenDone(wait, (end, error) -> {
            if (!wait.isCancelled()) {
                guarded(out, then);
            }
        });
    }

    void fail(StreamObserver<?> out, Throwable error) {
        out.onError(errors.apply(error));
    }

    /** Answers with the result of work on this thread. */
    <A> void now(StreamObserver<A> out, Supplier<A> work) {
        guarded(out, () -> {
            out.onNext(work.get());
            out.onCompleted();
        });
    }

    /** The top of a task or continuation: what it throws ends the call. */
    void guarded(StreamObserver<?> out, Runnable part) {
        try {
            part.run();
        } catch (Throwable failed) {
            fail(out, failed);
        }
    }
}
