package io.lignum.server.http;

import io.javalin.http.Context;

/** The request's body as the gate took it in. */
final class Body {

    private static final byte[] NONE = {};

    private Body() {}

    /** Empty when there is none. Not to be changed. */
    static byte[] of(Context context) {
        return context.req().getAttribute(RequestGate.BODY) instanceof byte[] body ? body : NONE;
    }
}
