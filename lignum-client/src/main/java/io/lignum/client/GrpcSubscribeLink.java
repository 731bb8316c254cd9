package io.lignum.client;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.lignum.api.Fetched;
import io.lignum.api.SubscribeRequest;

import org.jspecify.annotations.Nullable;

/** A Subscribe call. On the I/O thread. */
final class GrpcSubscribeLink extends ClientCall.Listener<Fetched> {

    /** What happens; told from the I/O thread, possibly from within a method here. */
    interface Events {
        void fetched(GrpcSubscribeLink from, Fetched answer);

        /** No error: the node says that it is done. */
        void ended(GrpcSubscribeLink from, @Nullable LignumException error);

        /** The client is closed, so there will be no other. */
        void closed(LignumException error);
    }

    private final Connection connection;
    private final Events events;
    private @Nullable ManagedChannel channel;
    private @Nullable ClientCall<SubscribeRequest, Fetched> call;

    GrpcSubscribeLink(Connection connection, Events events) {
        this.connection = connection;
        this.events = events;
    }

    void open(SubscribeRequest request) {
        try {
            ManagedChannel present = connection.channel();
            ClientCall<SubscribeRequest, Fetched> opened =
                    present.newCall(SubscribeMethod.INSTANCE, CallOptions.DEFAULT);
            channel = present;
            call = opened;
            opened.start(this, new Metadata());
            opened.sendMessage(request);
            opened.halfClose();
        } catch (LignumException closed) {
            events.closed(closed);
        }
    }

    /** One more answer may come. */
    void request() {
        if (call != null) {
            call.request(1);
        }
    }

    void cancel() {
        if (call != null) {
            call.cancel("given up", null);
        }
    }

    /** The connection does not answer. */
    void stalled() {
        cancel();
        if (channel != null) {
            connection.stalled(channel);
        }
    }

    @Override
    public void onMessage(Fetched answer) {
        events.fetched(this, answer);
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
        LignumException error = status.isOk() ? null : Errors.of(status, trailers, false);
        if (error instanceof LignumException.Disconnected && channel != null) {
            connection.broken(channel);
        }
        events.ended(this, error);
    }
}
