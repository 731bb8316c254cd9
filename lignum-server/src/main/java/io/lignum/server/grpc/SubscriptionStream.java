package io.lignum.server.grpc;

import io.grpc.stub.ServerCallStreamObserver;
import io.lignum.api.Fetched;
import io.lignum.api.ReadFormat;
import io.lignum.api.SubscribeRequest;
import io.lignum.server.service.BatchReader;
import io.lignum.server.service.ErrorCode;
import io.lignum.server.service.LogService;
import io.lignum.server.service.MemoryLease;
import io.lignum.server.service.ServiceException;
import io.lignum.server.service.Session;
import io.lignum.server.service.TopicInfo;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Pushes one topic to one client. While the client reads and there are records, it runs on a file
 * thread, a few answers at a turn. While no records are available, it is an entry in the list of
 * waiting reads. While the client does not read, it is only a position. So a slow client costs the
 * memory of one answer and no thread.
 *
 * <p>One thread at a time runs {@link #pump} ({@link #wakes} counts the runs that are due); only
 * that thread uses the stream and the fields below {@code wakes}.
 */
final class SubscriptionStream implements OpenStreams.Stream {

    /** Answers of one turn; then other tasks of the pool run. */
    private static final int ANSWERS_PER_TURN = 8;

    private static final Duration SHORT_OF_MEMORY = Duration.ofMillis(50);

    private final ServerCallStreamObserver<Fetched> out;
    private final LogService service;
    private final Session session;
    private final LogReader reader;
    private final GrpcThreads threads;
    private final SubscribeRequest request;
    private final OpenStreams.Place place;

    /** What all subscriptions of a caller use. */
    record Parts(LogService service, Session session, GrpcThreads threads) {}

    private final StreamRights rights = new StreamRights();
    private volatile boolean stopping;
    private volatile boolean cancelled;
    private final AtomicInteger wakes = new AtomicInteger();

    private @Nullable SubscriptionStart start;
    private @Nullable CompletableFuture<Void> demanded;
    private @Nullable CompletableFuture<Long> waiting;
    private @Nullable BatchReader batches;
    /** The memory of the answer that the client has not read yet. */
    private MemoryLease memory;

    private long position;
    private boolean over;

    private SubscriptionStream(
            ServerCallStreamObserver<Fetched> out,
            Parts parts,
            SubscribeRequest request,
            OpenStreams.Place place) {
        this.out = out;
        this.service = parts.service;
        this.session = parts.session;
        this.reader = new LogReader(service, session);
        this.threads = parts.threads;
        this.memory = service.admission().memory();
        this.request = request;
        this.place = place;
    }

    /** Must be called within the call that opens the stream. */
    static SubscriptionStream open(
            ServerCallStreamObserver<Fetched> out,
            Parts parts,
            SubscribeRequest request,
            OpenStreams.Place place) {
        SubscriptionStream subscription = new SubscriptionStream(out, parts, request, place);
        out.setOnReadyHandler(subscription::wake);
        out.setOnCancelHandler(subscription::cancel);
        out.setOnCloseHandler(subscription::cancel); // gRPC ended it: its own code failed.
        place.take(subscription);
        subscription.rights.watch(
                parts.session,
                () -> parts.session.checkRead(request.getTopic()),
                subscription::wake);
        subscription.wake();
        return subscription;
    }

    private void cancel() {
        cancelled = true;
        wake();
    }

    @Override
    public void stop() {
        stopping = true;
        wake();
    }

    /** Schedules a run: the client may be ready, or the topic has changed. Any thread. */
    private void wake() {
        if (wakes.getAndIncrement() == 0) {
            submit();
        }
    }

    private void submit() {
        try {
            threads.files().execute(this::pump);
        } catch (RejectedExecutionException full) {
            // This thread owes the pump, so it is alone in it, and no pump comes after it.
            end(threads.tooManyReads());
        }
    }

    private void pump() {
        int owed = wakes.get();
        boolean more = false;
        try {
            more = !over && turn();
        } catch (Throwable failed) { // The top of a pool's task: the stream must end.
            end(failed);
        } finally {
            closeBatches();
        }
        if (more || wakes.addAndGet(-owed) != 0) {
            submit();
        }
    }

    /** Sends some answers; true if there are more to send at once. */
    private boolean turn() {
        for (int answers = 0; answers < ANSWERS_PER_TURN; answers++) {
            if (cancelled || stopping || rights.refusal() != null) {
                end(rights.refusal());
                return false;
            }
            SubscriptionStart read = start;
            if (read == null) {
                if (!begin()) {
                    return false;
                }
            } else if (position >= read.to()) {
                complete();
                return false;
            } else if (!isTaken() || !somethingToRead(read) || !send(read)) {
                return false;
            }
        }
        return true;
    }

    /** Whether the client has read what was sent. */
    private boolean isTaken() {
        if (!out.isReady()) {
            return false;
        }
        memory.close();
        return true;
    }

    /** False if the demand does not hold yet; its wait wakes this subscription. */
    private boolean begin() {
        session.checkRead(request.getTopic());
        if (isOfAnotherTopic()) {
            out.onNext(SubscriptionStart.of(request, service, session).answer());
            complete();
            return false;
        }
        CompletableFuture<Void> first = demanded;
        if (first == null) {
            first = session.awaitDemand(
                    request.getTopic(),
                    Fetches.offset(request.getOffset()),
                    WireReads.demand(request));
            demanded = first;
            if (!first.isDone()) {
                threads.failures().whenDone(first, (ready, error) -> wake());
            }
        }
        if (!first.isDone()) {
            return false;
        }
        first.join();
        SubscriptionStart read = SubscriptionStart.of(request, service, session);
        start = read;
        position = read.from();
        out.onNext(read.answer());
        return true;
    }

    /** Whether the client has read a topic of this name that was deleted since. */
    private boolean isOfAnotherTopic() {
        String read = request.getTopicId();
        if (read.isEmpty()) {
            return false;
        }
        try {
            TopicInfo present = session.topics().describe(request.getTopic());
            return !present.id().toString().equals(read);
        } catch (ServiceException error) {
            if (error.code() == ErrorCode.UNKNOWN_TOPIC) {
                return false; // Unknown here; what has to hold first may bring it.
            }
            throw error;
        }
    }

    private boolean somethingToRead(SubscriptionStart read) {
        while (true) {
            CompletableFuture<Long> wait = waiting;
            if (wait == null) {
                wait = session.awaitReadable(read.topic(), position);
                if (!wait.isDone()) {
                    waiting = wait;
                    threads.failures().whenDone(wait, (end, error) -> wake());
                }
            }
            if (!wait.isDone()) {
                return false;
            }
            waiting = null;
            if (wait.isCompletedExceptionally()) {
                describe(read); // UNKNOWN_TOPIC is a better error than that of the wait.
            }
            if (wait.join() > position) {
                return true;
            }
        }
    }

    /**
     * Sends one answer; false if there is too little memory, and another turn follows a little
     * later.
     */
    private boolean send(SubscriptionStart read) {
        memory = service.admission().memory();
        Fetched answer;
        try {
            answer = read(
                    new LogReader.Range(
                            read.topic(),
                            position,
                            read.to(),
                            service.limits().readMaxRecords(),
                            read.maxBytes()),
                    read.format());
        } catch (ServiceException error) {
            if (error.code() == ErrorCode.OFFSET_OUT_OF_RANGE
                    && request.getSkipTrimmed()
                    && skipTrimmed(read)) {
                return true;
            }
            if (error.code() == ErrorCode.OVERLOADED) {
                memory.close();
                var unused = threads.after(SHORT_OF_MEMORY, this::wake);
                return false;
            }
            throw error;
        }
        describe(read);
        position = answer.getNext();
        out.onNext(answer);
        return true;
    }

    private Fetched read(LogReader.Range range, ReadFormat format) {
        if (format != ReadFormat.RAW_BATCHES) {
            return reader.read(range, format, memory);
        }
        BatchReader open = batches;
        if (open == null || open.position() != range.from()) {
            closeBatches();
            open = session.batches(range.topic(), range.from());
            batches = open;
        }
        return reader.batches(range, open, memory);
    }

    /** Closes the reader, which holds a buffer, because the time of the next turn is unknown. */
    private void closeBatches() {
        if (batches != null) {
            batches.close();
            batches = null;
        }
    }

    private boolean skipTrimmed(SubscriptionStart read) {
        long logStart = describe(read).logStart();
        boolean trimmed = position < logStart;
        position = Math.max(position, logStart);
        return trimmed;
    }

    /** Describes the topic by its id: a topic that was deleted and created again is another one. */
    private TopicInfo describe(SubscriptionStart read) {
        return session.topics().describe(read.topic(), read.id());
    }

    private void complete() {
        over = true;
        memory.close();
        try {
            out.onCompleted();
        } finally {
            leave();
        }
    }

    private void end(@Nullable Throwable error) {
        if (over) {
            return;
        }
        over = true;
        memory.close();
        if (waiting != null) {
            waiting.cancel(false);
        }
        if (demanded != null) {
            demanded.cancel(false);
        }
        try {
            if (!cancelled) {
                out.onError(error == null ? WireErrors.shuttingDown() : WireErrors.of(error));
            }
        } finally {
            leave();
        }
    }

    private void leave() {
        rights.close();
        place.leave(this);
    }
}
