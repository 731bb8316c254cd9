package io.lignum.client.internal.consumer;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.lignum.api.Fetched;
import io.lignum.api.SubscribeRequest;
import io.lignum.client.LignumException;
import io.lignum.client.internal.net.Address;
import io.lignum.client.internal.net.Connection;
import io.lignum.client.internal.net.WireErrors;

import org.jspecify.annotations.Nullable;

/** One Subscribe call to one node. On the I/O thread. */
final class GrpcSubscribeLink extends ClientCall.Listener<Fetched> {

    /** What happens on the call. Called on the I/O thread, possibly within a method of the call. */
    interface Events {
        void fetched(GrpcSubscribeLink from, Fetched answer);

        /** The call has ended. The error is null if the node ended it normally. */
        void ended(GrpcSubscribeLink from, @Nullable LignumException error);

        /** The client is closed, so no further call is possible. */
        void closed(LignumException error);
    }

    private final Connection connection;
    private final Address address;
    private final Events events;
    private @Nullable ManagedChannel channel;
    private boolean cancelled;
    private @Nullable ClientCall<SubscribeRequest, Fetched> call;

    GrpcSubscribeLink(Connection connection, Address address, Events events) {
        this.connection = connection;
        this.address = address;
        this.events = events;
    }

    Address address() {
        return address;
    }

    void open(SubscribeRequest request) {
        try {
            ManagedChannel present = connection.channel(address);
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

    /** Allows the node one more answer. */
    void request() {
        if (call != null) {
            call.request(1);
        }
    }

    void cancel() {
        cancelled = true;
        if (call != null) {
            call.cancel("the client gave up the call", null);
        }
    }

    /** Gives up the call and its channel, on which the node does not answer. */
    void stalled() {
        cancel();
        if (channel != null) {
            connection.stalled(address, channel);
        }
    }

    @Override
    public void onMessage(Fetched answer) {
        events.fetched(this, answer);
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
        if (cancelled) {
            return; // By this client; it says nothing about the node.
        }
        LignumException error = status.isOk() ? null : WireErrors.of(status, trailers, false);
        events.ended(this, error == null ? null : connection.failed(address, channel, error));
    }
}
