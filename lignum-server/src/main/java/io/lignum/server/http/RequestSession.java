package io.lignum.server.http;

import io.javalin.http.Context;
import io.lignum.server.access.Operation;
import io.lignum.server.service.ErrorCode;
import io.lignum.server.service.ServiceException;
import io.lignum.server.service.Session;

import org.eclipse.jetty.server.Request;

/** The {@link Session} of a request, which {@link RequestFilter} attaches. Stateless. */
final class RequestSession {

    private static final String ATTRIBUTE = RequestSession.class.getName();
    private static final String OPERATION = ATTRIBUTE + ".operation";

    private RequestSession() {}

    /** @param operation that access is decided for */
    static void decided(Request request, Operation operation) {
        request.setAttribute(OPERATION, operation);
    }

    static void attach(Request request, Session session) {
        request.setAttribute(ATTRIBUTE, session);
    }

    /**
     * Fails if the router and {@link HttpAccess} do not agree about the route of a request, so that
     * no spelling of a path gets around the decision about access.
     */
    static void requireDecided(Context context, Operation operation) {
        if (context.req().getAttribute(OPERATION) != operation) {
            throw ServiceException.refused(
                    ErrorCode.INVALID_ARGUMENT, "the path is not spelled as in openapi.yaml");
        }
    }

    /** The calls that the request's sender may make. */
    static Session of(Context context) {
        Object session = context.req().getAttribute(ATTRIBUTE);
        if (session instanceof Session attached) {
            return attached;
        }
        throw new IllegalStateException("a request without a decision about access");
    }
}
