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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Calls whose messages are any bytes. */
final class RawCalls {

    private static final int DEADLINE_SECONDS = 30;
    private static final int MOST_ANSWERS = 1_000;

    private RawCalls() {}

    /** Sends these messages and no more, and waits for the end of the call. */
    static Status call(Channel channel, MethodDescriptor<?, ?> method, byte[]... requests) {
        return call(channel, method, 1_000L * DEADLINE_SECONDS, requests);
    }

    /** The same; a call that goes on for so long is given up, and counts as OK. */
    static Status call(
            Channel channel,
            MethodDescriptor<?, ?> method,
            long timeoutMillis,
            byte[]... requests) {
        ClientCall<byte[], byte[]> call = channel.newCall(
                raw(method),
                CallOptions.DEFAULT.withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS));
        CompletableFuture<Status> end = new CompletableFuture<>();
        call.start(
                new ClientCall.Listener<>() {
                    @Override
                    public void onClose(Status status, Metadata trailers) {
                        end.complete(status);
                    }
                },
                new Metadata());
        call.request(MOST_ANSWERS);
        for (byte[] request : requests) {
            call.sendMessage(request);
        }
        call.halfClose();
        try {
            return end.get(timeoutMillis, TimeUnit.MILLISECONDS);
        } catch (TimeoutException goesOn) {
            call.cancel("seen enough", null);
            return Status.OK;
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
