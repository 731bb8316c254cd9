package io.lignum.server.grpc;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.lignum.api.LignumLogGrpc;
import io.lignum.api.ProduceRequest;
import io.lignum.api.ProduceResponse;
import io.lignum.cluster.AppendResult;
import io.lignum.server.config.Limits;
import io.lignum.server.service.ServiceException;
import io.lignum.server.service.Session;

import org.jspecify.annotations.Nullable;

import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Receives one stream of batches. Reads the next request only while the requests in flight fit its
 * window and the client reads the answers; otherwise HTTP/2's flow control holds the client back.
 * So a stream costs bounded memory and no thread.
 *
 * <p>Requests arrive one at a time on the connection's event loop, where an ordinary batch is
 * checked and queued, because a hand-over to another thread costs more. Slower work goes to a pool,
 * and the next request is not read until it is queued, which keeps the order. Answers come from
 * engine threads, which only add them to a queue and wake the event loop. {@link #drain} removes
 * them from the queue and is the only writer of the stream; one thread at a time runs it ({@link
 * #drains} counts the runs that are due).
 */
final class ProduceStream implements StreamObserver<ProduceRequest>, OpenStreams.Stream {

    /** Requests and bytes that may be in flight on one stream. */
    record Window(int requests, long bytes) {

        /** A share of the node's limits, so that one stream does not block others. */
        static Window of(Limits limits) {
            return new Window(
                    Math.max(1, limits.appendQueue() / 8),
                    Math.max(1, limits.maxBytesInFlight() / 8));
        }
    }

    private record Answer(
            long correlationId,
            int bytes,
            @Nullable AppendResult appended,
            @Nullable Throwable error) {}

    private static final String METHOD = LignumLogGrpc.getProduceMethod().getFullMethodName();

    private final ServerCallStreamObserver<ProduceResponse> out;
    private final BatchAppender appender;
    private final GrpcThreads threads;
    private final Executor loop;
    private final Window window;
    private final @Nullable ArrivingBytes arriving = ArrivingBytes.current();
    private final OpenStreams.Place place;

    private final Queue<Answer> answers = new ConcurrentLinkedQueue<>();
    private final AtomicInteger drains = new AtomicInteger();

    private final StreamRights rights = new StreamRights();

    // Guarded by this.
    private int requestsInFlight;
    private long bytesInFlight;
    private boolean awaiting;
    private boolean halfClosed;
    private boolean stopping;
    private boolean over;

    private ProduceStream(
            ServerCallStreamObserver<ProduceResponse> out,
            Session session,
            GrpcThreads threads,
            Window window,
            OpenStreams.Place place) {
        this.out = out;
        this.appender = new BatchAppender(session);
        this.threads = threads;
        this.loop = ConnectionInfo.current().loop();
        this.window = window;
        this.place = place;
    }

    /** Must be called within the call that opens the stream. */
    static StreamObserver<ProduceRequest> open(
            ServerCallStreamObserver<ProduceResponse> out,
            Session session,
            GrpcThreads threads,
            Window window,
            OpenStreams.Place place) {
        ProduceStream stream = new ProduceStream(out, session, threads, window, place);
        out.disableAutoRequest();
        out.setOnReadyHandler(stream::drain);
        out.setOnCancelHandler(stream::cancelled);
        out.setOnCloseHandler(stream::cancelled); // gRPC ended it: its own code failed.
        place.take(stream);
        stream.rights.watch(session, session::checkLogin, stream::stop);
        stream.drain();
        return stream;
    }

    @Override
    public void onNext(ProduceRequest request) {
        int bytes = request.getSerializedSize();
        synchronized (this) {
            if (over) {
                return; // The end of the stream said NOT_APPLIED.
            }
            requestsInFlight++;
            bytesInFlight += bytes;
        }
        switch (appender.effort(request.getAppend())) {
            case LITTLE -> append(request, bytes);
            case COMPUTES -> append(threads.calls(), request, bytes);
            case TOUCHES_FILES -> append(threads.files(), request, bytes);
        }
    }

    private void append(Executor elsewhere, ProduceRequest request, int bytes) {
        try {
            elsewhere.execute(() -> append(request, bytes));
        } catch (RejectedExecutionException full) {
            answers.add(
                    new Answer(request.getCorrelationId(), bytes, null, threads.tooManyReads()));
            readNext();
        }
    }

    private void append(ProduceRequest request, int bytes) {
        long id = request.getCorrelationId();
        CompletableFuture<AppendResult> appending;
        try {
            appending = appender.append(request.getAppend());
        } catch (Throwable thrown) { // The top of a pool's task: the request must be answered.
            appending = CompletableFuture.failedFuture(thrown);
        }
        threads.failures().whenDone(appending, (appended, error) -> {
            answers.add(new Answer(id, bytes, appended, error));
            drainElsewhere();
        });
        readNext();
    }

    private void readNext() {
        if (arriving != null) {
            arriving.consumed(); // The engine has its own copy by now, and counts it.
        }
        synchronized (this) {
            awaiting = false;
        }
        drain();
    }

    @Override
    public void onCompleted() {
        synchronized (this) {
            halfClosed = true;
        }
        drain();
    }

    @Override
    public void onError(Throwable cause) {
        cancelled();
    }

    @Override
    public void stop() {
        synchronized (this) {
            stopping = true;
        }
        drainElsewhere();
    }

    private void cancelled() {
        if (becomeOver()) {
            leave();
        }
    }

    private synchronized boolean becomeOver() {
        boolean first = !over;
        over = true;
        return first;
    }

    private void drain() {
        if (drains.getAndIncrement() == 0) {
            drainAll();
        }
    }

    private void drainElsewhere() {
        if (drains.getAndIncrement() == 0) {
            loop.execute(this::drainAll);
        }
    }

    /** The top of the event loop's task, which would hide what is thrown; the stream must end. */
    private void drainAll() {
        try {
            int owed = drains.get();
            do {
                sendAnswers();
                readOnOrEnd();
                owed = drains.addAndGet(-owed);
            } while (owed != 0);
        } catch (Throwable failed) {
            fail(failed);
        }
    }

    /** Ends the stream; nothing is drained from now on. */
    private void fail(Throwable failed) {
        if (!becomeOver()) {
            threads.failures().report(METHOD, failed);
            return;
        }
        try {
            out.onError(WireErrors.of(failed));
        } finally {
            leave();
        }
    }

    private void sendAnswers() {
        int count = 0;
        long bytes = 0;
        for (Answer answer = answers.poll(); answer != null; answer = answers.poll()) {
            out.onNext(response(answer));
            count++;
            bytes += answer.bytes;
        }
        synchronized (this) {
            requestsInFlight -= count;
            bytesInFlight -= bytes;
        }
    }

    private ProduceResponse response(Answer answer) {
        ProduceResponse.Builder response =
                ProduceResponse.newBuilder().setCorrelationId(answer.correlationId);
        if (answer.appended != null) {
            response.setAppended(LogGrpcService.appended(answer.appended));
        } else if (answer.error != null) {
            response.setError(WireErrors.details(threads.failures().answer(METHOD, answer.error)));
        }
        return response.build();
    }

    private void readOnOrEnd() {
        boolean ready = out.isReady();
        boolean read = false;
        boolean end = false;
        synchronized (this) {
            if (over) {
                return;
            }
            if (requestsInFlight == 0 && (halfClosed || stopping)) {
                over = true;
                end = true;
            } else if (!awaiting && !halfClosed && !stopping && ready && fits()) {
                awaiting = true;
                read = true;
            }
        }
        if (read) {
            out.request(1);
        } else if (end) {
            end();
        }
    }

    private boolean fits() {
        return requestsInFlight < window.requests && bytesInFlight < window.bytes;
    }

    private void end() {
        if (halfClosed()) {
            out.onCompleted();
        } else {
            ServiceException why = rights.refusal();
            out.onError(why == null ? WireErrors.shuttingDown() : WireErrors.of(why));
        }
        leave();
    }

    private void leave() {
        rights.close();
        place.leave(this);
    }

    private synchronized boolean halfClosed() {
        return halfClosed;
    }
}
