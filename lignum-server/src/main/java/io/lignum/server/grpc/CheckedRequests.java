package io.lignum.server.grpc;

import io.grpc.ForwardingServerCall;
import io.grpc.KnownLength;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerMethodDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.lignum.server.service.ErrorCode;
import io.lignum.server.service.ServiceException;

import org.jspecify.annotations.Nullable;

import java.io.InputStream;

/**
 * Refuses requests that are not valid messages, or that are too large after decompression, with
 * INVALID_ARGUMENT or REQUEST_TOO_LARGE. {@link GrpcServer} wraps every method with it; gRPC then
 * parses each request with it, on the thread of the call. The transport by itself would answer
 * UNKNOWN and log a stack trace for any client's invalid bytes.
 */
final class CheckedRequests {

    private final int maxRequestBytes;

    CheckedRequests(int maxRequestBytes) {
        this.maxRequestBytes = maxRequestBytes;
    }

    /** A request: a message, or the error. */
    private record Incoming<Q>(
            @Nullable Q message, @Nullable ServiceException error) {}

    /** Returns the method with requests read by {@code reading}. */
    <Q, A> ServerMethodDefinition<?, A> of(
            ServerMethodDefinition<Q, A> method, Marshaller<Q> reading) {
        MethodDescriptor<Q, A> plain = method.getMethodDescriptor();
        MethodDescriptor<Incoming<Q>, A> checked = plain.toBuilder(
                        new Checked<>(reading), plain.getResponseMarshaller())
                .build();
        ServerCallHandler<Q, A> handler = method.getServerCallHandler();
        return ServerMethodDefinition.create(checked, (call, headers) -> {
            Call<Q, A> inner = new Call<>(call, plain);
            Listener<Q, A> listener = new Listener<>(inner, handler.startCall(inner, headers));
            ArrivingBytes arriving = ArrivingBytes.current();
            if (arriving != null) {
                arriving.onRefusal(listener::refuse);
            }
            return listener;
        });
    }

    private final class Checked<Q> implements Marshaller<Incoming<Q>> {

        private final Marshaller<Q> reading;

        Checked(Marshaller<Q> reading) {
            this.reading = reading;
        }

        @Override
        public InputStream stream(Incoming<Q> incoming) {
            throw new UnsupportedOperationException("requests are only read here");
        }

        @Override
        public Incoming<Q> parse(InputStream stream) {
            try {
                return new Incoming<>(reading.parse(counted(stream)), null);
            } catch (ServiceException refused) {
                return new Incoming<>(null, refused);
            } catch (StatusRuntimeException refused) {
                return new Incoming<>(null, error(refused.getStatus()));
            } catch (Throwable thrown) { // The transport would hide it.
                return new Incoming<>(null, ServiceException.of(thrown));
            }
        }

        /** Counts the bytes while the transport decompresses them. */
        private InputStream counted(InputStream stream) {
            ArrivingBytes arriving = ArrivingBytes.current();
            return stream instanceof KnownLength || arriving == null
                    ? stream
                    : new CountedStream(stream, arriving);
        }

        private ServiceException error(Status status) {
            if (status.getCode() == Status.Code.RESOURCE_EXHAUSTED) {
                return ServiceException.overLimit(
                        ErrorCode.REQUEST_TOO_LARGE,
                        "limits.request-max-bytes",
                        maxRequestBytes,
                        "the request is too large after decompression");
            }
            return ServiceException.refused(
                    ErrorCode.INVALID_ARGUMENT, "the request is not the message of this call");
        }
    }

    /**
     * The call as the service sees it. A stream may be sending on another thread when it must be
     * ended, so access is exclusive, and nothing is sent after the end.
     */
    private static final class Call<Q, A> extends ForwardingServerCall<Q, A> {

        private final ServerCall<?, A> outer;
        private final MethodDescriptor<Q, A> method;
        private boolean closed; // guarded by this

        Call(ServerCall<?, A> outer, MethodDescriptor<Q, A> method) {
            this.outer = outer;
            this.method = method;
        }

        @Override
        @SuppressWarnings(
                "unchecked") // The request type is used for its descriptor only, which is ours.
        protected ServerCall<Q, A> delegate() {
            return (ServerCall<Q, A>) outer;
        }

        @Override
        public MethodDescriptor<Q, A> getMethodDescriptor() {
            return method;
        }

        @Override
        public synchronized void sendHeaders(Metadata headers) {
            if (!closed) {
                outer.sendHeaders(headers);
            }
        }

        @Override
        public synchronized void sendMessage(A message) {
            if (!closed) {
                outer.sendMessage(message);
            }
        }

        @Override
        public synchronized void close(Status status, Metadata trailers) {
            if (!closed) {
                closed = true;
                outer.close(status, trailers);
            }
        }
    }

    private static final class Listener<Q, A> extends ServerCall.Listener<Incoming<Q>> {

        private final Call<Q, A> call;
        private final ServerCall.Listener<Q> service;
        private volatile boolean ended;

        Listener(Call<Q, A> call, ServerCall.Listener<Q> service) {
            this.call = call;
            this.service = service;
        }

        @Override
        public void onMessage(Incoming<Q> incoming) {
            if (ended) {
                return;
            }
            if (incoming.error != null) {
                refuse(incoming.error);
            } else if (incoming.message != null) {
                service.onMessage(incoming.message);
            }
        }

        /** Any thread. */
        void refuse(ServiceException error) {
            ended = true;
            WireErrors.refuse(call, error);
            service.onCancel();
        }

        @Override
        public void onHalfClose() {
            if (!ended) {
                service.onHalfClose();
            }
        }

        @Override
        public void onCancel() {
            if (!ended) {
                service.onCancel();
            }
        }

        @Override
        public void onComplete() {
            if (!ended) {
                service.onComplete();
            }
        }

        @Override
        public void onReady() {
            if (!ended) {
                service.onReady();
            }
        }
    }
}
