package io.lignum.server.http;

import io.javalin.http.Context;
import io.lignum.server.service.LogService;
import io.lignum.server.service.ServiceException;

import org.eclipse.jetty.ee10.servlet.HttpOutput;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Scheduler;

import java.io.IOException;
import java.nio.ByteBuffer;
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

    /** What is smaller is not counted as memory in flight. */
    private static final int SMALL_BYTES = 64 * 1024;

    private final LogService service;

    Answers(LogService service) {
        this.service = service;
    }

    CompletableFuture<Void> json(Context context, byte[] body) {
        return send(context, JSON, body);
    }

    CompletableFuture<Void> error(Context context, Throwable error) {
        ServiceException told = ServiceException.of(error);
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

    CompletableFuture<Void> send(Context context, String contentType, byte[] body) {
        if (body.length <= SMALL_BYTES) {
            return write(context, contentType, body);
        }
        try {
            service.takeMemory(body.length);
        } catch (ServiceException e) {
            return error(context, e);
        }
        return write(context, contentType, body)
                .whenComplete((done, error) -> service.giveBackMemory(body.length));
    }

    private CompletableFuture<Void> write(Context context, String contentType, byte[] body) {
        CompletableFuture<Void> sent = new CompletableFuture<>();
        context.contentType(contentType);
        context.res().setContentLength(body.length);
        try {
            new Sending(sent, body).begin(context);
        } catch (IOException | RuntimeException e) {
            // The client is gone; there is nobody to tell.
            sent.complete(null);
        }
        return sent;
    }

    /** One answer on its way. The scheduler's thread alone touches what is watched. */
    private final class Sending implements Callback {

        private final CompletableFuture<Void> sent;
        private final ByteBuffer content;
        private final long endNanos;
        private int left;

        Sending(CompletableFuture<Void> sent, byte[] body) {
            this.sent = sent;
            this.content = ByteBuffer.wrap(body);
            this.left = body.length;
            this.endNanos = System.nanoTime()
                    + service.limits().slowClientTimeout().toNanos()
                    + body.length * 1_000_000_000L / MIN_BYTES_PER_SECOND;
        }

        void begin(Context context) throws IOException {
            HttpOutput output = (HttpOutput) context.res().getOutputStream();
            output.sendContent(content, this);
            if (!sent.isDone()) {
                // It did not fit the socket's buffers at once.
                watch(ServletContextRequest.getServletContextRequest(context.req()));
            }
        }

        @Override
        public void succeeded() {
            sent.complete(null);
        }

        @Override
        public void failed(Throwable gone) {
            sent.complete(null);
        }

        @Override
        public InvocationType getInvocationType() {
            return InvocationType.NON_BLOCKING;
        }

        private void watch(Request request) {
            Scheduler.Task look = request.getComponents()
                    .getScheduler()
                    .schedule(
                            () -> look(request),
                            service.limits().slowClientTimeout().toMillis(),
                            TimeUnit.MILLISECONDS);
            var unused = sent.whenComplete((done, error) -> look.cancel());
        }

        /** Nothing taken since the last look, or too little over all, ends the connection. */
        private void look(Request request) {
            int now = content.remaining();
            if (now == left || System.nanoTime() > endNanos) {
                request.getConnectionMetaData().getConnection().getEndPoint().close();
            } else if (!sent.isDone()) {
                left = now;
                watch(request);
            }
        }
    }
}
