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
 * Sends answers without holding a thread while a slow client takes them. Use only inside {@code
 * Context.future}, from any thread; an answer not taken in time ends its connection.
 */
final class Answers {

    static final String JSON = "application/json";
    static final String LINES = "application/x-ndjson";
    static final String BINARY = "application/octet-stream";

    /** The slowest client that is put up with, beyond the time for slow clients. */
    private static final long MIN_BYTES_PER_SECOND = 64 * 1024;

    /** What Jetty is given at once; for each thread it keeps a copy as large as the largest. */
    private static final int PIECE_BYTES = 32 * 1024;

    private final LogService service;

    Answers(LogService service) {
        this.service = service;
    }

    CompletableFuture<Void> json(Context context, byte[] body) {
        return send(context, JSON, body);
    }

    CompletableFuture<Void> error(Context context, Throwable error) {
        ServiceException told =
                service.failures().answer(context.method() + " " + context.path(), error);
        Optional<String> leader = Forwarding.location(context, told);
        if (leader.isPresent()) {
            context.status(307).header("Location", leader.get());
            return send(context, JSON, ErrorBody.of(told));
        }
        return error(context, told, HttpStatuses.of(told.code()));
    }

    CompletableFuture<Void> error(Context context, ServiceException told, int status) {
        context.status(status);
        if (status == 429 || status == 503) {
            context.header("Retry-After", "1");
        }
        return send(context, JSON, ErrorBody.of(told));
    }

    /** The bytes are the caller's own, or counted already. */
    CompletableFuture<Void> send(Context context, String contentType, byte[] body) {
        context.res().setContentLength(body.length);
        return body.length <= PIECE_BYTES
                ? start(context, contentType, new WholeAnswer(body))
                : start(context, contentType, new PiecewiseAnswer(new Slices(body)));
    }

    /** JSON or lines of it, made while they are sent. What they are made of is counted already. */
    CompletableFuture<Void> stream(Context context, String contentType, JsonStream json) {
        byte[] first = json.nextPiece();
        return json.isEnded()
                ? send(context, contentType, first)
                : start(context, contentType, new PiecewiseAnswer(new Stream(first, json)));
    }

    /** Text that is made while it is sent; no piece may be empty. */
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
                // It did not fit the socket's buffers at once.
                answer.watch();
            }
        } catch (Throwable e) { // Maybe begun already: it can be cut only.
            answer.broken(e);
        }
        return answer.sent;
    }

    /** One answer on its way. The scheduler's thread alone touches {@code seen}. */
    private abstract class Answer {

        final CompletableFuture<Void> sent = new CompletableFuture<>();
        private final long begun = System.nanoTime();
        private @Nullable Request request;
        private long seen;

        abstract void begin(HttpOutput output) throws IOException;

        /** Bytes that the connection has taken. */
        abstract long taken();

        /**
         * The client is gone, or the answer could not be made to its end: it must not seem whole.
         */
        void broken(Throwable failure) {
            try {
                cut();
            } finally {
                sent.complete(null);
            }
            if (!(failure instanceof IOException)) {
                Request of = request;
                service.failures().met(of == null ? "An answer" : RequestFilter.name(of), failure);
            }
        }

        private void cut() {
            Request broken = request;
            if (broken != null) {
                broken.getConnectionMetaData().getConnection().getEndPoint().close();
            }
        }

        private void watch() {
            Request watched = request;
            if (watched == null) {
                return;
            }
            Scheduler.Task look = watched.getComponents()
                    .getScheduler()
                    .schedule(
                            this::look,
                            service.limits().slowClientTimeout().toMillis(),
                            TimeUnit.MILLISECONDS);
            service.failures().whenDone(sent, (done, error) -> look.cancel());
        }

        /** Nothing taken since the last look, or too little over all, ends the connection. */
        private void look() {
            long now = taken();
            if (now == seen || isTooSlow(now)) {
                cut();
            } else if (!sent.isDone()) {
                seen = now;
                watch();
            }
        }

        private boolean isTooSlow(long bytes) {
            return System.nanoTime() - begun
                    > service.limits().slowClientTimeout().toNanos()
                            + bytes * 1_000_000_000L / MIN_BYTES_PER_SECOND;
        }
    }

    /** A short one, written at once. */
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
        long taken() {
            return content.position();
        }

        @Override
        public void succeeded() {
            sent.complete(null);
        }

        @Override
        public void failed(Throwable failure) {
            broken(failure);
        }

        @Override
        public InvocationType getInvocationType() {
            return InvocationType.NON_BLOCKING;
        }
    }

    /** The next bytes of an answer; none at its end. */
    private interface Pieces {
        byte[] next();
    }

    /** A long one, of which a piece is made whenever the connection has taken the one before. */
    private final class PiecewiseAnswer extends Answer implements WriteListener {

        private final Pieces pieces;
        private @Nullable HttpOutput output;
        private volatile long taken;

        PiecewiseAnswer(Pieces pieces) {
            this.pieces = pieces;
        }

        @Override
        void begin(HttpOutput out) {
            output = out;
            out.setWriteListener(this);
        }

        @Override
        long taken() {
            return taken;
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
                taken += piece.length;
            }
        }

        @Override
        public void onError(Throwable failure) {
            broken(failure);
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
            int end = Math.min(body.length, at + PIECE_BYTES);
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
