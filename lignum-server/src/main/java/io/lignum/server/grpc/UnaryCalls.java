package io.lignum.server.grpc;

import com.google.protobuf.MessageLite;

import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.lignum.server.service.ErrorCode;
import io.lignum.server.service.LogService;
import io.lignum.server.service.ServiceException;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * How single calls are answered: the work on another thread, the answer or the error exactly once.
 */
final class UnaryCalls {

    private final GrpcThreads threads;
    private final Function<Throwable, StatusRuntimeException> errors;

    UnaryCalls(GrpcThreads threads, Function<Throwable, StatusRuntimeException> errors) {
        this.threads = threads;
        this.errors = errors;
    }

    /** Answers with what a future brings, off the engine's thread that completes it. */
    <F, A> void later(StreamObserver<A> out, CompletableFuture<F> future, Function<F, A> answer) {
        threads.failures().whenDone(future, threads.calls(), (result, error) -> {
            if (error == null) {
                now(out, () -> answer.apply(result));
            } else {
                fail(out, error);
            }
        });
    }

    /** Answers with work that touches files. */
    <A> void onFiles(StreamObserver<A> out, Supplier<A> work) {
        try {
            threads.files().execute(() -> now(out, work));
        } catch (RejectedExecutionException full) {
            fail(out, tooManyReads());
        }
    }

    /** Answers with what a future brings that work which touches files has made. */
    <F, A> void laterOnFiles(
            StreamObserver<A> out, Supplier<CompletableFuture<F>> work, Function<F, A> answer) {
        try {
            threads.files().execute(() -> guarded(out, () -> later(out, work.get(), answer)));
        } catch (RejectedExecutionException full) {
            fail(out, tooManyReads());
        }
    }

    /**
     * As {@link #onFiles}, for answers large enough that a client which does not take them counts.
     */
    <A extends MessageLite> void largeOnFiles(
            StreamObserver<A> out, Connection.Lease lease, Supplier<A> work) {
        onFiles(out, () -> {
            A answer = work.get();
            lease.take(answer.getSerializedSize());
            return answer;
        });
    }

    /** Within the call itself: its room for an answer, given back when the answer is gone. */
    static Connection.Lease lease(StreamObserver<?> out, LogService service) {
        Connection.Lease lease = Connection.current().lease(service.memory());
        ServerCallStreamObserver<?> call = (ServerCallStreamObserver<?>) out;
        call.setOnCloseHandler(lease::giveBack);
        call.setOnCancelHandler(lease::giveBack);
        return lease;
    }

    /** Goes on once that is done; within the call itself when it is done already. */
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
     * Goes on when a wait has ended, but for a client that gave it up: what ended it is what the
     * read is about to find.
     */
    void onceEnded(CompletableFuture<?> wait, StreamObserver<?> out, Runnable then) {
        threads.failures().whenDone(wait, (end, error) -> {
            if (!wait.isCancelled()) {
                guarded(out, then);
            }
        });
    }

    void fail(StreamObserver<?> out, Throwable error) {
        out.onError(errors.apply(error));
    }

    /** Answers with work that is done on this thread. */
    <A> void now(StreamObserver<A> out, Supplier<A> work) {
        guarded(out, () -> {
            out.onNext(work.get());
            out.onCompleted();
        });
    }

    /** The top of a task or continuation: whatever it throws ends the call. */
    void guarded(StreamObserver<?> out, Runnable part) {
        try {
            part.run();
        } catch (Throwable failed) {
            fail(out, failed);
        }
    }

    static ServiceException tooManyReads() {
        return ServiceException.overLimit(
                ErrorCode.OVERLOADED,
                "limits.max-waiting-reads",
                0,
                "too many reads are waiting for their turn");
    }
}
