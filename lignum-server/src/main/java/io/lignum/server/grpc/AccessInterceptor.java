package io.lignum.server.grpc;

import io.grpc.Attributes;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.lignum.server.access.Authorizer;
import io.lignum.server.access.Caller;
import io.lignum.server.access.Caller.TlsConnection;
import io.lignum.server.access.Requester;
import io.lignum.server.service.LogService;
import io.lignum.server.service.ServiceException;

import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/**
 * Asks the authorizer about each call before its request is read, refuses the call if it denies
 * access, and else attaches the caller's {@link CallSession}. gRPC calls it when the headers of a
 * call have arrived, on the thread of that call. If a password must be checked, the call continues
 * later, on the pool of calls.
 */
final class AccessInterceptor implements ServerInterceptor {

    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

    private final LogService service;
    private final GrpcThreads threads;
    private final Authorizer authorizer;

    AccessInterceptor(LogService service, GrpcThreads threads, Authorizer authorizer) {
        this.service = service;
        this.threads = threads;
        this.authorizer = authorizer;
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        CompletableFuture<Requester> login = authorizer.authorize(new Authorizer.Call(
                MethodOperations.of(call.getMethodDescriptor()),
                caller(call.getAttributes(), headers),
                Optional.empty(),
                all(headers, AUTHORIZATION)));
        Context context = Context.current();
        if (login.isDone()) {
            return start(call, headers, next, context, login);
        }
        PendingCall<Q> pending = new PendingCall<>();
        threads.failures()
                .whenDone(
                        login,
                        threads.calls(),
                        (requester, error) -> startLater(
                                pending, call, () -> start(call, headers, next, context, login)));
        return pending;
    }

    /** The top of a continuation: the call must end, and the node must not. */
    private <Q, A> void startLater(
            PendingCall<Q> pending, ServerCall<Q, A> call, Supplier<ServerCall.Listener<Q>> start) {
        try {
            pending.begin(start.get());
        } catch (Throwable failed) {
            ServiceException answer = threads.failures()
                    .answer(call.getMethodDescriptor().getFullMethodName(), failed);
            pending.begin(WireErrors.refuse(call, answer));
        }
    }

    private <Q, A> ServerCall.Listener<Q> start(
            ServerCall<Q, A> call,
            Metadata headers,
            ServerCallHandler<Q, A> next,
            Context context,
            CompletableFuture<Requester> login) {
        Context withSession;
        try {
            withSession = context.withValue(CallSession.CONTEXT, service.session(login.join()));
        } catch (CompletionException e) {
            ServiceException refused =
                    threads.failures().answer(call.getMethodDescriptor().getFullMethodName(), e);
            return WireErrors.refuse(call, refused);
        }
        return Contexts.interceptCall(withSession, call, headers, next);
    }

    private static Caller caller(Attributes transport, Metadata headers) {
        return Caller.of(
                transport.get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR),
                transport.get(Grpc.TRANSPORT_ATTR_LOCAL_ADDR),
                name -> headers.containsKey(
                        Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER)),
                Optional.ofNullable(transport.get(Grpc.TRANSPORT_ATTR_SSL_SESSION))
                        .map(session -> new TlsConnection(certificate(session))));
    }

    private static Optional<X509Certificate> certificate(SSLSession session) {
        try {
            Certificate[] chain = session.getPeerCertificates();
            return chain.length > 0 && chain[0] instanceof X509Certificate first
                    ? Optional.of(first)
                    : Optional.empty();
        } catch (SSLPeerUnverifiedException noCertificate) {
            return Optional.empty();
        }
    }

    private static List<String> all(Metadata headers, Metadata.Key<String> key) {
        Iterable<String> values = headers.getAll(key);
        List<String> all = new ArrayList<>();
        if (values != null) {
            values.forEach(all::add);
        }
        return all;
    }
}
