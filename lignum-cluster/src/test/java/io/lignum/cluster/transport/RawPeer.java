package io.lignum.cluster.transport;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A client on one connection that says whatever it likes. */
final class RawPeer implements AutoCloseable {

    /** How a call ended, and with which metadata and messages. */
    record End(Status status, Metadata trailers, int messages) {}

    private final ManagedChannel channel;

    RawPeer(int port) {
        channel = NettyChannelBuilder.forAddress("127.0.0.1", port)
                .usePlaintext()
                .proxyDetector(address -> null)
                .build();
    }

    End hello(String cluster, byte[] nonce) {
        Metadata headers = new Metadata();
        headers.put(PeerMethods.PROTOCOL, PeerMethods.PROTOCOL_VERSION);
        headers.put(PeerMethods.CLUSTER, cluster.getBytes(StandardCharsets.UTF_8));
        headers.put(PeerMethods.NONCE, nonce);
        return call(PeerMethods.HELLO, headers);
    }

    End prove(byte[] proof) {
        Metadata headers = new Metadata();
        headers.put(PeerMethods.PROOF, proof);
        return call(PeerMethods.PROVE, headers);
    }

    /** The whole handshake; returns the proof that was sent. */
    byte[] handshake(PeerSecurity security, byte[] nonce) {
        SharedSecretAuth auth = new SharedSecretAuth(security);
        End hello = hello(security.clusterName(), nonce);
        byte[] theirs = hello.trailers().get(PeerMethods.NONCE);
        if (theirs == null) {
            throw new AssertionError("no nonce: " + hello.status());
        }
        byte[] proof = auth.prove(
                SharedSecretAuth.Side.CLIENT,
                new SharedSecretAuth.Challenge(nonce, theirs, new byte[0]));
        End proved = prove(proof);
        if (!proved.status().isOk()) {
            throw new AssertionError("not proved: " + proved.status());
        }
        return proof;
    }

    End call(MethodDescriptor<?, ?> method, Metadata headers, byte[]... messages) {
        MethodDescriptor<byte[], byte[]> raw = MethodDescriptor.<byte[], byte[]>newBuilder()
                .setType(method.getType())
                .setFullMethodName(method.getFullMethodName())
                .setRequestMarshaller(new Bytes())
                .setResponseMarshaller(new Bytes())
                .build();
        CompletableFuture<End> end = new CompletableFuture<>();
        ClientCall<byte[], byte[]> call = channel.newCall(raw, CallOptions.DEFAULT);
        call.start(
                new ClientCall.Listener<>() {
                    private int received;

                    @Override
                    public void onMessage(byte[] message) {
                        received++;
                    }

                    @Override
                    public void onClose(Status status, Metadata trailers) {
                        end.complete(new End(status, trailers, received));
                    }
                },
                headers);
        call.request(10);
        for (byte[] message : messages) {
            call.sendMessage(message);
        }
        call.halfClose();
        return end.orTimeout(20, TimeUnit.SECONDS).join();
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }

    private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {

        @Override
        public InputStream stream(byte[] bytes) {
            return new ByteArrayInputStream(bytes);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
        }
    }
}
