package io.lignum.server.http;

import io.lignum.server.service.ErrorCode;
import io.lignum.server.service.LogService;
import io.lignum.server.service.ServiceException;

import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.thread.Invocable;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * Loads a request's body without blocking a thread. The whole body must arrive within the
 * slow-client timeout and the size limit. {@link RequestFilter} starts it on a thread of Jetty's
 * pool; it calls exactly one of {@code loaded} and {@code failed}, once. Jetty calls back one at a
 * time, so reads do not overlap.
 */
final class BodyLoader implements Invocable.Task {

    /** Memory for one piece besides its bytes, since a piece may have a single byte. */
    private static final int PIECE_OVERHEAD = 64;

    private final Request request;
    private final LogService service;
    private final Body body;
    private final Runnable loaded;
    private final Consumer<Throwable> failed;
    private final AtomicBoolean ended = new AtomicBoolean();
    private Scheduler.@Nullable Task alarm;
    private boolean inline = true;

    BodyLoader(
            Request request,
            LogService service,
            Body body,
            Runnable loaded,
            Consumer<Throwable> failed) {
        this.request = request;
        this.service = service;
        this.body = body;
        this.loaded = loaded;
        this.failed = failed;
    }

    void start() {
        long length = request.getLength();
        if (length > service.limits().requestMaxBytes()) {
            fail(tooLarge());
            return;
        }
        read();
        inline = false;
        if (!ended.get()) {
            alarm = request.getComponents()
                    .getScheduler()
                    .schedule(
                            () -> fail(tooSlow()),
                            service.limits().slowClientTimeout().toMillis(),
                            TimeUnit.MILLISECONDS);
        }
    }

    @Override
    public void run() {
        try {
            read();
        } catch (Throwable thrown) { // Top of Jetty's callback: the request must end.
            fail(thrown);
        }
    }

    @Override
    public InvocationType getInvocationType() {
        return InvocationType.NON_BLOCKING;
    }

    private void read() {
        while (!ended.get()) {
            Content.Chunk chunk = request.read();
            if (chunk == null) {
                request.demand(this);
                return;
            }
            if (Content.Chunk.isFailure(chunk)) {
                fail(ServiceException.refused(
                        ErrorCode.INVALID_ARGUMENT, "the body ended before it was complete"));
                return;
            }
            boolean last = chunk.isLast();
            take(chunk);
            if (last) {
                succeed();
                return;
            }
        }
    }

    private void take(Content.Chunk chunk) {
        int length = chunk.remaining();
        try {
            if (body.length() + length > service.limits().requestMaxBytes()) {
                fail(tooLarge());
            } else if (length > 0 && hold(length)) {
                byte[] piece = new byte[length];
                chunk.getByteBuffer().get(piece);
                body.add(piece);
            }
        } finally {
            chunk.release();
        }
    }

    /** Reserves memory for a piece; fails the request if there is too little. */
    private boolean hold(int length) {
        try {
            body.memory().take(length + PIECE_OVERHEAD);
            return true;
        } catch (ServiceException e) {
            fail(e);
            return false;
        }
    }

    private void succeed() {
        if (!end()) {
            return;
        }
        if (inline) {
            loaded.run();
            return;
        }
        try {
            // This is the selector's thread, and handlers may block on the disk.
            request.getComponents().getExecutor().execute(loaded);
        } catch (RejectedExecutionException stopping) {
            failed.accept(stopping);
        }
    }

    private void fail(Throwable e) {
        if (end()) {
            failed.accept(e);
        }
    }

    private boolean end() {
        if (!ended.compareAndSet(false, true)) {
            return false;
        }
        Scheduler.Task pending = alarm;
        if (pending != null) {
            pending.cancel();
        }
        return true;
    }

    private ServiceException tooLarge() {
        return ServiceException.overLimit(
                ErrorCode.REQUEST_TOO_LARGE,
                "limits.request-max-bytes",
                service.limits().requestMaxBytes(),
                "the request's body is too large");
    }

    private ServiceException tooSlow() {
        return ServiceException.overLimit(
                ErrorCode.OVERLOADED,
                "limits.slow-client-timeout-in-ms",
                service.limits().slowClientTimeout().toMillis(),
                "the request did not arrive in time");
    }
}
