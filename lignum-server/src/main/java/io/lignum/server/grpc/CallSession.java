package io.lignum.server.grpc;

import io.grpc.Context;
import io.lignum.server.service.Session;

/**
 * The {@link Session} of a call, which {@link AccessInterceptor} attaches. A handler takes it
 * before it continues on another thread.
 */
final class CallSession {

    static final Context.Key<Session> CONTEXT = Context.key("lignum-session");

    private CallSession() {}

    /** The calls that the sender of the current call may make. */
    static Session current() {
        Session session = CONTEXT.get();
        if (session == null) {
            throw new IllegalStateException("a call without a decision about access");
        }
        return session;
    }
}
