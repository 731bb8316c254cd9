package io.lignum.client.internal.producer;

import com.google.protobuf.UnsafeByteOperations;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.lignum.api.AppendRequest;
import io.lignum.api.Appended;
import io.lignum.api.LignumLogGrpc;
import io.lignum.api.ProduceRequest;
import io.lignum.api.ProduceResponse;
import io.lignum.client.LignumException;
import io.lignum.client.internal.errors.Errors;
import io.lignum.client.internal.net.Address;
import io.lignum.client.internal.net.ClusterMetadata;
import io.lignum.client.internal.net.Connection;
import io.lignum.client.internal.net.WireErrors;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;

/** One Produce call to one node. On the I/O thread. */
final class GrpcProduceLink extends ClientCall.Listener<ProduceResponse> implements ProduceLink {

    /** What happens on the call. Called on the I/O thread, possibly within a method of the call. */
    interface Events {
        void ready(GrpcProduceLink from);

        void answered(GrpcProduceLink from, ProduceResponse response);

        void ended(GrpcProduceLink from, LignumException error);
    }

    private final Connection connection;
    private final Address address;
    private final boolean forward;
    private final String topic;
    private final Events events;
    private @Nullable ManagedChannel channel;
    private boolean cancelled;
    private @Nullable ClientCall<ProduceRequest, ProduceResponse> call;

    private GrpcProduceLink(
            Connection connection, ClusterMetadata.Way way, String topic, Events events) {
        this.connection = connection;
        this.address = way.address();
        this.forward = way.forward();
        this.topic = topic;
        this.events = events;
    }

    static ProduceLink open(
            Connection connection, ClusterMetadata.Way way, String topic, Events events) {
        GrpcProduceLink link = new GrpcProduceLink(connection, way, topic, events);
        try {
            ManagedChannel channel = connection.channel(way.address());
            ClientCall<ProduceRequest, ProduceResponse> call =
                    channel.newCall(LignumLogGrpc.getProduceMethod(), CallOptions.DEFAULT);
            link.channel = channel;
            link.call = call;
            call.start(link, new Metadata());
            // At most one window of batches is in flight, and each has one answer.
            call.request(Window.MOST);
        } catch (LignumException closed) {
            events.ended(link, closed);
        }
        return link;
    }

    static ProduceAck answer(ProduceResponse response) {
        Appended appended = response.getAppended();
        return new ProduceAck(
                response.getCorrelationId(),
                appended.getFirstOffset(),
                Integer.toUnsignedLong(appended.getCount()),
                appended.getDuplicate());
    }

    @Override
    public boolean isReady() {
        return call != null && call.isReady();
    }

    Address address() {
        return address;
    }

    /** Whether the node is asked to forward batches to the leader. */
    boolean forwards() {
        return forward;
    }

    @Override
    public boolean isLeaderElsewhere() {
        return connection
                .metadata()
                .leader()
                .filter(leader -> !leader.equals(address))
                .isPresent();
    }

    /** gRPC copies the bytes before this returns, since the call was ready before. */
    @Override
    public void send(Batch batch) {
        ClientCall<ProduceRequest, ProduceResponse> open = call;
        if (open == null) {
            return; // Its end was reported before.
        }
        ByteBuffer bytes = batch.wireBytes();
        open.sendMessage(ProduceRequest.newBuilder()
                .setCorrelationId(batch.number())
                .setAppend(AppendRequest.newBuilder()
                        .setTopic(topic)
                        .setNoForward(!forward)
                        .setBatch(io.lignum.api.Batch.newBuilder()
                                .setRaw(UnsafeByteOperations.unsafeWrap(
                                        bytes.array(), bytes.arrayOffset(), bytes.limit()))))
                .build());
    }

    @Override
    public void cancel(boolean stalled) {
        cancelled = true;
        if (call != null) {
            call.cancel("the client gave up the call", null);
        }
        if (stalled && channel != null) {
            connection.stalled(address, channel);
        }
    }

    @Override
    public void onReady() {
        events.ready(this);
    }

    @Override
    public void onMessage(ProduceResponse response) {
        if (call != null) {
            call.request(1);
        }
        events.answered(this, response);
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
        if (cancelled) {
            return; // By this client; it says nothing about the node.
        }
        LignumException error = status.isOk()
                ? Errors.disconnected("the node ended the stream", LignumException.Outcome.UNKNOWN)
                : WireErrors.of(status, trailers, true);
        events.ended(this, connection.failed(address, channel, error));
    }
}
