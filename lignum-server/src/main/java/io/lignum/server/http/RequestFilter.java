package io.lignum.server.http;

import io.lignum.server.access.Requester;
import io.lignum.server.service.ErrorCode;
import io.lignum.server.service.LogService;
import io.lignum.server.service.MemoryLease;
import io.lignum.server.service.Permit;
import io.lignum.server.service.ServiceException;

import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

import java.nio.ByteBuffer;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;

/**
 * Handles each request before its route: checks the bounds on connections and requests, then loads
 * the body without blocking a thread. Routes find the body under {@link #BODY}. Jetty calls it on a
 * thread of its pool, which is free while the body arrives.
 */
final class RequestFilter extends Handler.Wrapper {

    /** Name of the request attribute that holds the {@link Body}. */
    static final String BODY = RequestFilter.class.getName() + ".body";

    /** Paths that are served even when the node is at its limits, for monitoring. */
    private static final Set<String> ALWAYS =
            Set.of("/ping", "/metrics", "/health/live", "/health/ready");

    private static final String ENCODING = HttpHeader.CONTENT_ENCODING.asString();

    private static final String SLOW_CLIENT = "limits.slow-client-timeout-in-ms";

    private final LogService service;
    private final ConnectionGuard connections;
    private final JsonReading json;
    private final HttpAccess access;
    private final Executor threads;
    private volatile boolean draining;
    private volatile boolean tlsRequired;

    /** @param threads on which requests continue whose sender had to be identified first */
    RequestFilter(
            LogService service, ConnectionGuard connections, HttpAccess access, Executor threads) {
        this.threads = threads;
        this.service = service;
        this.connections = connections;
        this.json = new JsonReading(service.limits());
        this.access = access;
    }

    /** The request's name in the log. */
    static String name(Request request) {
        return request.getMethod() + " " + Request.getPathInContext(request);
    }

    /** From now on requests that came without TLS are refused. */
    void requireTls() {
        tlsRequired = true;
    }

    /** From now on each response closes its connection. */
    void drain() {
        draining = true;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        if (draining) {
            response.getHeaders().put(HttpHeader.CONNECTION, "close");
        }
        MemoryLease memory = service.admission().memory();
        Body body = new Body(memory, json);
        request.setAttribute(BODY, body);
        Request.addCompletionListener(request, failure -> memory.close());
        HttpAccess.restrict(request, response);
        CompletableFuture<Requester> login;
        try {
            connections.check(request.getConnectionMetaData().getConnection());
            // Not Request.isSecure: that believes the scheme of an absolute request target.
            if (tlsRequired && !request.getConnectionMetaData().isSecure()) {
                throw ServiceException.refused(
                        ErrorCode.TLS_REQUIRED,
                        "this port requires TLS: send the request to https://");
            }
            login = access.authorize(request);
        } catch (ServiceException e) {
            refuse(response, callback, e);
            return true;
        }
        if (login.isDone()) {
            admit(request, response, callback, body, login);
        } else { // A password is being checked.
            service.failures()
                    .whenDone(
                            login,
                            threads,
                            (requester, error) ->
                                    admitLater(request, response, callback, body, login));
        }
        return true;
    }

    /** The top of a continuation: the request must end, and the node must not. */
    private void admitLater(
            Request request,
            Response response,
            Callback callback,
            Body body,
            CompletableFuture<Requester> login) {
        try {
            admit(request, response, callback, body, login);
        } catch (Throwable failed) {
            fail(request, response, callback, failed);
        }
    }

    /** Serves the request if its sender was identified and may call this node. */
    private void admit(
            Request request,
            Response response,
            Callback callback,
            Body body,
            CompletableFuture<Requester> login) {
        Permit permit;
        try {
            RequestSession.attach(request, service.session(login.join()));
            if (ALWAYS.contains(Request.getPathInContext(request))) {
                serve(request, response, callback);
                return;
            }
            requireUnencoded(request);
            permit = service.admission().request();
        } catch (ServiceException | CompletionException e) {
            refuse(response, callback, service.failures().answer(name(request), e));
            return;
        }
        Request.addCompletionListener(request, failure -> permit.close());
        if (request.getLength() == 0) {
            serve(request, response, callback);
            return;
        }
        BodyLoader loader = new BodyLoader(
                request,
                service,
                body,
                () -> serve(request, response, callback),
                e -> fail(request, response, callback, e));
        loader.start();
    }

    /**
     * Checks that the body is not compressed, since routes read its bytes as they are.
     *
     * @throws ServiceException it is; the message names the header
     */
    private static void requireUnencoded(Request request) {
        for (String encoding : request.getHeaders().getCSV(HttpHeader.CONTENT_ENCODING, true)) {
            if (!encoding.equalsIgnoreCase("identity")) {
                throw ServiceException.invalid(
                        ENCODING, ENCODING + " must be identity: send the body uncompressed");
            }
        }
    }

    private void serve(Request request, Response response, Callback callback) {
        try {
            if (!super.handle(request, response, callback)) {
                refuse(
                        response,
                        callback,
                        ServiceException.refused(
                                ErrorCode.INVALID_ARGUMENT, "no handler serves this request"));
            }
        } catch (Throwable e) { // Top of this thread: the request must end.
            fail(request, response, callback, e);
        }
    }

    private void fail(Request request, Response response, Callback callback, Throwable failure) {
        if (response.isCommitted()) {
            service.failures().answer(name(request), failure);
            callback.failed(failure); // The client sees the connection end.
            return;
        }
        try {
            refuse(response, callback, service.failures().answer(name(request), failure));
        } catch (Throwable again) { // Top of this thread: the request must end.
            service.failures().report(name(request), again);
            callback.failed(again);
        }
    }

    /**
     * Refuses a request without reading the rest of it; the connection is closed after the
     * response.
     */
    private static void refuse(Response response, Callback callback, ServiceException e) {
        byte[] body = ErrorBody.of(e);
        response.setStatus(statusOf(e));
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
        response.getHeaders().put(HttpHeader.CONNECTION, "close");
        ErrorHeaders.forEach(statusOf(e), response.getHeaders()::add);
        response.getHeaders().put(HttpHeader.CONTENT_LENGTH, body.length);
        response.write(true, ByteBuffer.wrap(body), callback);
    }

    private static int statusOf(ServiceException e) {
        if (e.limit().filter(hit -> hit.name().equals(SLOW_CLIENT)).isPresent()) {
            return 408;
        }
        return e.field().filter(ENCODING::equals).isPresent() ? 415 : HttpStatuses.of(e.code());
    }
}
