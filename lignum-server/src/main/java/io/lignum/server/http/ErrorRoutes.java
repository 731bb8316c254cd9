package io.lignum.server.http;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.HttpResponseException;
import io.javalin.http.MethodNotAllowedResponse;
import io.lignum.record.IoErrors;
import io.lignum.server.http.Routes.Route;
import io.lignum.server.service.RequestFailures;
import io.lignum.server.service.ServiceException;

import jakarta.servlet.http.HttpServletResponse;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Answers exceptions of routes, and requests without a route, always as JSON. Javalin calls it on
 * the thread of the request.
 */
final class ErrorRoutes {

    private static final Logger LOG = LoggerFactory.getLogger(ErrorRoutes.class);

    private final List<Route> routes;
    private final RequestFailures failures;

    ErrorRoutes(List<Route> routes, RequestFailures failures) {
        this.routes = routes;
        this.failures = failures;
    }

    /** Answers an Error thrown by a route; Javalin does not pass these to exception handlers. */
    void error(HttpServletResponse response, Error error) {
        ServiceException answer = failures.answer("An HTTP request", error);
        if (response.isCommitted()) {
            return;
        }
        response.setStatus(HttpStatuses.of(answer.code()));
        response.setContentType(Answers.JSON);
        try {
            response.getOutputStream().write(ErrorBody.of(answer));
        } catch (IOException disconnected) {
            LOG.debug("The client disconnected: {}", IoErrors.describe(disconnected));
        }
    }

    void addTo(RoutesConfig config) {
        config.exception(MethodNotAllowedResponse.class, this::methodNotAllowed);
        config.exception(HttpResponseException.class, ErrorRoutes::http);
        config.exception(
                TopicRoutes.NotFound.class,
                (e, context) -> answer(404, ServiceException.of(causeOf(e)), context));
        config.exception(Exception.class, (e, context) -> {
            ServiceException error = failures.answer(context.method() + " " + context.path(), e);
            answer(HttpStatuses.of(error.code()), error, context);
        });
    }

    private static Throwable causeOf(Exception e) {
        Throwable cause = e.getCause();
        return cause == null ? e : cause;
    }

    private static void answer(int status, ServiceException e, Context context) {
        ErrorHeaders.forEach(status, context.res()::addHeader);
        context.status(status).contentType(Answers.JSON).result(ErrorBody.of(e));
    }

    private void methodNotAllowed(MethodNotAllowedResponse e, Context context) {
        String allowed = routes.stream()
                .filter(route -> pattern(route).matcher(context.path()).matches())
                .map(route -> route.method().name())
                .distinct()
                .collect(Collectors.joining(", "));
        context.status(405)
                .header("Allow", allowed)
                .contentType(Answers.JSON)
                .result(ErrorBody.of(
                        "METHOD_NOT_ALLOWED", "this path accepts " + allowed + " only"));
    }

    private static Pattern pattern(Route route) {
        return Pattern.compile(route.path().replaceAll("\\{[^}]+}", "[^/]+"));
    }

    private static void http(HttpResponseException e, Context context) {
        boolean missing = e.getStatus() == 404;
        context.status(e.getStatus())
                .contentType(Answers.JSON)
                .result(ErrorBody.of(
                        missing ? "NOT_FOUND" : "HTTP_" + e.getStatus(),
                        missing
                                ? "there is no resource at this path"
                                : "the request cannot be served"));
    }
}
