package io.lignum.server.http;

import io.javalin.http.Context;
import io.lignum.record.Utf8;
import io.lignum.server.service.LogService;
import io.lignum.server.service.ServiceException;

import jakarta.servlet.WriteListener;

import org.eclipse.jetty.ee10.servlet.HttpOutput;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Sends responses without blocking a thread while a slow client reads them. Used inside
 * {@code Context.future}, from any thread. If the client accepts nothing for the slow-client
 * timeout, or after it less than {@link #MIN_BYTES_PER_SECOND} on average, the connection is
 * closed.
 */
final class Answers {

    static final String JSON = "application/json";
    static final String LINES = "application/x-ndjson";
    static final String BINARY = "application/octet-stream";

    /** The slowest transfer that is accepted once the slow-client timeout is used up. */
    private static final long MIN_BYTES_PER_SECOND = 64 * 1024;

    /**
     * Bytes passed to Jetty at once. Each of Jetty's threads keeps a buffer as large as the largest
     * piece.
     */
    private static final int MAX_WRITE_BYTES = 32 * 1024;

    private final LogService service;

    Answers(LogService service) {
        this.service = service;
    }

    CompletableFuture<Void> json(Context context, byte[] body) {
        return send(context, JSON, body);
    }

    CompletableFuture<Void> error(Context context, Throwable error) {
        ServiceException answer =
                service.failures().answer(context.method() + " " + context.path(), error);
        Optional<String> leader = Forwarding.location(context, answer);
        if (leader.isPresent()) {
            context.status(307).header("Location", leader.get());
            return send(context, JSON, ErrorBody.of(answer));
        }
        return error(context, answer, HttpStatuses.of(answer.code()));
    }

    CompletableFuture<Void> error(Context context, ServiceException answer, int status) {
        context.status(status);
        ErrorHeaders.forEach(status, context.res()::addHeader);
        return send(context, JSON, ErrorBody.of(answer));
    }

    /** Sends bytes whose memory is already accounted for. */
    CompletableFuture<Void> send(Context context, String contentType, byte[] body) {
        context.res().setContentLength(body.length);
        return body.length <= MAX_WRITE_BYTES
                ? start(context, contentType, new WholeAnswer(body))
                : start(context, contentType, new PiecewiseAnswer(new Slices(body)));
    }

    /** Sends JSON that is generated during sending. Its source is already accounted for. */
    CompletableFuture<Void> stream(Context context, String contentType, JsonStream json) {
        byte[] first = json.nextPiece();
        return json.isEnded()
                ? send(context, contentType, first)
                : start(context, contentType, new PiecewiseAnswer(new Stream(first, json)));
    }

    /** Sends text that is generated during sending; no piece may be empty. */
    CompletableFuture<Void> text(Context context, String contentType, Iterator<String> pieces) {
        Pieces encoded = () -> pieces.hasNext() ? Utf8.encode(pieces.next()) : new byte[0];
        return start(context, contentType, new PiecewiseAnswer(encoded));
    }

    private CompletableFuture<Void> start(Context context, String contentType, Answer answer) {
        context.contentType(contentType);
        try {
            answer.request = ServletContextRequest.getServletContextRequest(context.req());
            answer.begin((HttpOutput) context.res().getOutputStream());
            if (!answer.sent.isDone()) {
                // It did not fit into the socket's buffers.
                answer.scheduleCheck();
            }
        } catch (Throwable e) { // The response may have started: abort closes the connection.
            answer.abort(e);
        }
        return answer.sent;
    }

    /** A response in progress. Only the scheduler's thread uses {@code acceptedBefore}. */
    private abstract class Answer {

        final CompletableFuture<Void> sent = new CompletableFuture<>();
        private final long startNanos = System.nanoTime();
        private @Nullable Request request;
        private long acceptedBefore;

        abstract void begin(HttpOutput output) throws IOException;

        /** Number of bytes that the connection accepted. */
        abstract long acceptedBytes();

        /**
         * Closes the connection after a failure, so that the response does not look complete.
         * Failures other than I/O errors are reported as failures of the request.
         */
        void abort(Throwable failure) {
            try {
                closeConnection();
            } finally {
                sent.complete(null);
            }
            if (!(failure instanceof IOException)) {
                Request of = request;
                service.failures()
                        .report(of == null ? "A response" : RequestFilter.name(of), failure);
            }
        }

        private void closeConnection() {
            Request failing = request;
            if (failing != null) {
                failing.getConnectionMetaData().getConnection().getEndPoint().close();
            }
        }

        private void scheduleCheck() {
            Request watched = request;
            if (watched == null) {
                return;
            }
            Scheduler.Task check = watched.getComponents()
                    .getScheduler()
                    .schedule(
                            this::checkProgress,
                            service.limits().slowClientTimeout().toMillis(),
                            TimeUnit.MILLISECONDS);
            service.failures().whenDone(sent, (done, error) -> check.cancel());
        }

        /** Closes the connection if it accepted nothing since the last check, or too little. */
        private void checkProgress() {
            long now = acceptedBytes();
            if (now == acceptedBefore || isTooSlow(now)) {
                closeConnection();
            } else if (!sent.isDone()) {
                acceptedBefore = now;
                scheduleCheck();
            }
        }

        private boolean isTooSlow(long bytes) {
            return System.nanoTime() - startNanos
                    > service.limits().slowClientTimeout().toNanos()
                            + bytes * 1_000_000_000L / MIN_BYTES_PER_SECOND;
        }
    }

    /** A short response, written at once. */
    private final class WholeAnswer extends Answer implements Callback {

        private final ByteBuffer content;

        WholeAnswer(byte[] body) {
            content = ByteBuffer.wrap(body);
        }

        @Override
        void begin(HttpOutput output) {
            output.sendContent(content, this);
        }

        @Override
        long acceptedBytes() {
            return content.position();
        }

        @Override
        public void succeeded() {
            sent.complete(null);
        }

        @Override
        public void failed(Throwable failure) {
            abort(failure);
        }

        @Override
        public InvocationType getInvocationType() {
            return InvocationType.NON_BLOCKING;
        }
    }

    /** The pieces of a response; an empty one marks the end. */
    private interface Pieces {
        byte[] next();
    }

    /** A long response: the next piece is generated when the connection accepted the one before. */
    private final class PiecewiseAnswer extends Answer implements WriteListener {

        private final Pieces pieces;
        private @Nullable HttpOutput output;
        private volatile long accepted;

        PiecewiseAnswer(Pieces pieces) {
            this.pieces = pieces;
        }

        @Override
        void begin(HttpOutput out) {
            output = out;
            out.setWriteListener(this);
        }

        @Override
        long acceptedBytes() {
            return accepted;
        }

        @Override
        @SuppressWarnings("NonAtomicVolatileUpdate") // Jetty calls one thread at a time.
        public void onWritePossible() throws IOException {
            HttpOutput out = output;
            while (out != null && out.isReady()) {
                byte[] piece = pieces.next();
                if (piece.length == 0) {
                    sent.complete(null);
                    return;
                }
                out.write(piece);
                accepted += piece.length;
            }
        }

        @Override
        public void onError(Throwable failure) {
            abort(failure);
        }
    }

    private static final class Slices implements Pieces {

        private final byte[] body;
        private int at;

        Slices(byte[] body) {
            this.body = body;
        }

        @Override
        public byte[] next() {
            int end = Math.min(body.length, at + MAX_WRITE_BYTES);
            byte[] slice = Arrays.copyOfRange(body, at, end);
            at = end;
            return slice;
        }
    }

    private static final class Stream implements Pieces {

        private final JsonStream json;
        private byte[] first;

        Stream(byte[] first, JsonStream json) {
            this.first = first;
            this.json = json;
        }

        @Override
        public byte[] next() {
            byte[] next = first.length > 0 ? first : json.nextPiece();
            first = new byte[0];
            return next;
        }
    }
}
