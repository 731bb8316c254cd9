package io.lignum.client.internal.net;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ClientInterceptors.CheckedForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusException;
import io.lignum.client.internal.errors.Errors;

import org.jspecify.annotations.Nullable;

/**
 * Adds the header {@code authorization} to all calls of a channel, and reports to
 * {@link AuthorizationHeaders} whether nodes accept them. A call without a value fails before it is
 * sent. Any thread.
 */
final class AuthorizationInterceptor implements ClientInterceptor {

    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

    /** In the trailers of a refused call if another value is in use now. Not sent by nodes. */
    private static final Metadata.Key<String> REPLACED =
            Metadata.Key.of("lignum-client-credentials-replaced", Metadata.ASCII_STRING_MARSHALLER);

    private final AuthorizationHeaders values;

    AuthorizationInterceptor(AuthorizationHeaders values) {
        this.values = values;
    }

    /** Whether other credentials than those of the call that ended so are in use now. */
    static boolean isReplaced(@Nullable Metadata trailers) {
        return trailers != null && trailers.containsKey(REPLACED);
    }

    @Override
    public <Q, R> ClientCall<Q, R> interceptCall(
            MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
        return new CheckedForwardingClientCall<>(next.newCall(method, options)) {
            @Override
            protected void checkedStart(ClientCall.Listener<R> listener, Metadata headers)
                    throws StatusException {
                AuthorizationHeaders.Header header = header();
                headers.put(AUTHORIZATION, header.value());
                delegate().start(new Watching<>(listener, header), headers);
            }
        };
    }

    private AuthorizationHeaders.Header header() throws StatusException {
        try {
            return values.next();
        } catch (RuntimeException e) { // From the user's supplier.
            throw Status.UNAUTHENTICATED
                    .withCause(e)
                    .asException(WireErrors.trailersOf(
                            Errors.NOT_AUTHENTICATED, "the client has no credentials: " + e));
        }
    }

    private final class Watching<R> extends SimpleForwardingClientCallListener<R> {

        private final AuthorizationHeaders.Header sent;

        Watching(ClientCall.Listener<R> listener, AuthorizationHeaders.Header sent) {
            super(listener);
            this.sent = sent;
        }

        @Override
        public void onHeaders(Metadata headers) {
            values.accepted(sent);
            super.onHeaders(headers);
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            trailers.discardAll(REPLACED);
            if (status.getCode() == Status.Code.UNAUTHENTICATED && values.refused(sent)) {
                trailers.put(REPLACED, "");
            }
            super.onClose(status, trailers);
        }
    }
}
