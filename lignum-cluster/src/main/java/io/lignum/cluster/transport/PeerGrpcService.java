package io.lignum.cluster.transport;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.lignum.cluster.peer.PeerException;
import io.lignum.cluster.peer.PeerResponse;
import io.lignum.cluster.peer.PeerService;
import io.lignum.cluster.peer.PeerStreamReceiver;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Serves the calls of authenticated peers. Runs on the event loops, which are never blocked. */
final class PeerGrpcService {

    private static final Logger LOG = LoggerFactory.getLogger(PeerGrpcService.class);

    private final int maxBytes;
    private final Supplier<Executor> loop;
    private final Consumer<Throwable> onFailure;
    private volatile @Nullable PeerService service;

    PeerGrpcService(int maxBytes, Supplier<Executor> loop, Consumer<Throwable> onFailure) {
        this.maxBytes = maxBytes;
        this.loop = loop;
        this.onFailure = onFailure;
    }

    void serve(PeerService served) {
        service = served;
    }

    ServerServiceDefinition definition() {
        // HandshakeInterceptor answers these itself.
        ServerCallHandler<Wire.Nothing, Wire.Nothing> never = (call, headers) -> {
            throw new IllegalStateException("a call of the handshake");
        };
        return ServerServiceDefinition.builder(PeerMethods.SERVICE)
                .addMethod(PeerMethods.HELLO, never)
                .addMethod(PeerMethods.PROVE, never)
                .addMethod(PeerMethods.PING, never)
                .addMethod(PeerMethods.FOLLOW, this::follow)
                .addMethod(PeerMethods.ASK, this::ask)
                .build();
    }

    private static String peerOf(ServerCall<?, ?> call) {
        InboundConnection connection = call.getAttributes().get(InboundConnection.ATTRIBUTE);
        return connection == null ? "a peer" : connection.remote.toString();
    }

    private ServerCall.Listener<Wire.Frame> follow(
            ServerCall<Wire.Frame, Wire.Frame> call, Metadata headers) {
        PeerService present = service;
        if (present == null) {
            call.close(
                    Status.FAILED_PRECONDITION.withDescription("is not ready yet"), new Metadata());
            return new ServerCall.Listener<>() {};
        }
        call.setOnReadyThreshold(GrpcNetwork.ON_READY_BYTES);
        call.sendHeaders(new Metadata());
        InboundStream stream =
                new InboundStream(call, peerOf(call), maxBytes, loop.get(), onFailure);
        try {
            PeerStreamReceiver receiver = present.accept(stream);
            stream.listen(receiver);
            call.request(1);
        } catch (RuntimeException bug) {
            LOG.error("A stream from {} could not be accepted", stream.peer(), bug);
            stream.breakOff("failed: " + bug, bug);
        }
        return stream.events();
    }

    private ServerCall.Listener<Wire.AskRequest> ask(
            ServerCall<Wire.AskRequest, Wire.AskReply> call, Metadata headers) {
        call.request(2); // one message and the end
        return new ServerCall.Listener<>() {
            @Override
            public void onMessage(Wire.AskRequest request) {
                var unused = answer(request)
                        .handle((answer, failure) -> answer != null
                                ? PeerResponseCodec.encode(answer)
                                : replyTo(call, failure))
                        .exceptionally(bug -> replyTo(call, bug)) // It could not be encoded.
                        .thenAccept(reply -> reply(call, reply))
                        .exceptionally(bug -> breakOff(call, bug));
            }
        };
    }

    private CompletableFuture<PeerResponse> answer(Wire.AskRequest request) {
        PeerService present = service;
        if (present == null) {
            return CompletableFuture.failedFuture(
                    new PeerException(PeerException.UNREACHABLE, false, "is not ready yet", null));
        }
        try {
            return present.answer(PeerRequestCodec.decode(request));
        } catch (MalformedException malformed) {
            return CompletableFuture.failedFuture(new PeerException(
                    TransportErrors.MALFORMED,
                    false,
                    String.valueOf(malformed.getMessage()),
                    malformed));
        } catch (RuntimeException bug) {
            return CompletableFuture.failedFuture(bug);
        }
    }

    private static Wire.AskReply replyTo(ServerCall<?, ?> call, @Nullable Throwable failure) {
        Throwable cause = failure instanceof CompletionException && failure.getCause() != null
                ? failure.getCause()
                : failure;
        if (cause instanceof PeerException refusal) {
            return PeerResponseCodec.encode(refusal);
        }
        LOG.error("A request of {} failed", peerOf(call), cause);
        return PeerResponseCodec.encode(
                new PeerException(TransportErrors.INTERNAL, true, String.valueOf(cause), cause));
    }

    /** Ends the call, so that the peer does not wait for its deadline. */
    private static @Nullable Void breakOff(ServerCall<?, ?> call, Throwable bug) {
        LOG.error("The response to {} could not be sent", peerOf(call), bug);
        call.close(Status.UNKNOWN.withDescription("failed: " + bug), new Metadata());
        return null;
    }

    private void reply(ServerCall<Wire.AskRequest, Wire.AskReply> call, Wire.AskReply reply) {
        Wire.AskReply fitting = reply.getSerializedSize() <= maxBytes
                ? reply
                : PeerResponseCodec.encode(new PeerException(
                        TransportErrors.INTERNAL,
                        true,
                        "a response of " + reply.getSerializedSize() + " bytes",
                        null));
        if (!call.isCancelled()) {
            call.sendHeaders(new Metadata());
            call.sendMessage(fitting);
            call.close(Status.OK, new Metadata());
        }
    }
}
