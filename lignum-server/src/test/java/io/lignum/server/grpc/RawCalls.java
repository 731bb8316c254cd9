package io.lignum.server.grpc;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Calls whose messages are any bytes. */
public final class RawCalls {

    private static final int DEADLINE_SECONDS = 30;
    private static final int MOST_ANSWERS = 1_000;

    private RawCalls() {}

    /** Sends these messages and no more, and waits for the end of the call. */
    static Status call(Channel channel, MethodDescriptor<?, ?> method, byte[]... requests) {
        return call(channel, method, 1_000L * DEADLINE_SECONDS, requests);
    }

    /**
     * The end of a call, and what it answered.
     *
     * @param responses in their order
     */
    public record Result(Status status, List<byte[]> responses) {}

    /** The same; a call that goes on for so long is given up, and counts as OK. */
    static Status call(
            Channel channel,
            MethodDescriptor<?, ?> method,
            long timeoutMillis,
            byte[]... requests) {
        return exchange(channel, method, "", timeoutMillis, requests).status();
    }

    /**
     * The same, with the responses.
     *
     * @param authorization empty: without that header
     */
    public static Result exchange(
            Channel channel,
            MethodDescriptor<?, ?> method,
            String authorization,
            long timeoutMillis,
            byte[]... requests) {
        Metadata headers = new Metadata();
        if (!authorization.isEmpty()) {
            headers.put(
                    Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER),
                    authorization);
        }
        List<byte[]> responses = new CopyOnWriteArrayList<>();
        ClientCall<byte[], byte[]> call = channel.newCall(
                raw(method),
                CallOptions.DEFAULT.withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS));
        CompletableFuture<Status> end = new CompletableFuture<>();
        call.start(
                new ClientCall.Listener<>() {
                    @Override
                    public void onMessage(byte[] response) {
                        responses.add(response);
                    }

                    @Override
                    public void onClose(Status status, Metadata trailers) {
                        end.complete(status);
                    }
                },
                headers);
        call.request(MOST_ANSWERS);
        for (byte[] request : requests) {
            call.sendMessage(request);
        }
        call.halfClose();
        try {
            return new Result(end.get(timeoutMillis, TimeUnit.MILLISECONDS), responses);
        } catch (TimeoutException goesOn) {
            call.cancel("seen enough", null);
            return new Result(Status.OK, responses);
        } catch (ExecutionException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static MethodDescriptor<byte[], byte[]> raw(MethodDescriptor<?, ?> method) {
        return MethodDescriptor.<byte[], byte[]>newBuilder()
                .setType(method.getType())
                .setFullMethodName(method.getFullMethodName())
                .setRequestMarshaller(new Bytes())
                .setResponseMarshaller(new Bytes())
                .build();
    }

    private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {
        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (IOException broken) {
                throw new UncheckedIOException(broken);
            }
        }
    }
}
