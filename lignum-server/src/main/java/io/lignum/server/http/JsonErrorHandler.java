package io.lignum.server.http;

import io.lignum.server.service.RequestFailures;

import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;

/**
 * Makes the errors that Jetty answers itself, such as a malformed request line, JSON like all
 * others. Jetty calls it on the thread of the request.
 */
final class JsonErrorHandler extends ErrorHandler {

    private final RequestFailures failures;

    JsonErrorHandler(RequestFailures failures) {
        this.failures = failures;
    }

    @Override
    public boolean errorPageForMethod(String method) {
        return true;
    }

    @Override
    protected void generateResponse(
            Request request,
            Response response,
            int status,
            @Nullable String message,
            @Nullable Throwable cause,
            Callback callback) {
        if (status == 500 && cause != null) {
            failures.report(RequestFilter.name(request), cause);
        }
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, Answers.JSON);
        response.write(true, ByteBuffer.wrap(body(status, message)), callback);
    }

    private static byte[] body(int status, @Nullable String reason) {
        String name = HttpStatus.getMessage(status);
        // Internal failures go to the log, not to the client.
        boolean explained = status < 500 && reason != null && !reason.equals(name);
        return ErrorBody.of(status, explained ? name + ": " + reason : name);
    }
}
