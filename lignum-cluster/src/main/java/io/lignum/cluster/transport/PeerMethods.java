package io.lignum.cluster.transport;

import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;

import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;

/**
 * The gRPC methods of nodes, as {@code internal.proto} describes them, and the names of their
 * metadata. Constants only.
 */
final class PeerMethods {

    static final String SERVICE = "lignum.internal.Peers";

    /** Raised when nodes of one version cannot talk to those of another. */
    static final String PROTOCOL_VERSION = "1";

    /** Why a side refuses the other; both sides say it alike. */
    static final String WRONG_PROOF = "the proof is wrong: do both nodes have the same secret, and"
            + " does nothing between them end the connection?";

    static final Metadata.Key<String> PROTOCOL =
            Metadata.Key.of("lignum-protocol", Metadata.ASCII_STRING_MARSHALLER);
    static final Metadata.Key<byte[]> CLUSTER = bytes("lignum-cluster-bin");
    static final Metadata.Key<byte[]> NONCE = bytes("lignum-nonce-bin");
    static final Metadata.Key<byte[]> PROOF = bytes("lignum-proof-bin");

    static final MethodDescriptor<Wire.Nothing, Wire.Nothing> HELLO = metadataOnly("Hello");
    static final MethodDescriptor<Wire.Nothing, Wire.Nothing> PROVE = metadataOnly("Prove");
    static final MethodDescriptor<Wire.Nothing, Wire.Nothing> PING = metadataOnly("Ping");

    static final MethodDescriptor<Wire.Frame, Wire.Frame> FOLLOW =
            MethodDescriptor.<Wire.Frame, Wire.Frame>newBuilder()
                    .setType(MethodType.BIDI_STREAMING)
                    .setFullMethodName(MethodDescriptor.generateFullMethodName(SERVICE, "Follow"))
                    .setRequestMarshaller(reading(Wire.Frame.getDefaultInstance()))
                    .setResponseMarshaller(reading(Wire.Frame.getDefaultInstance()))
                    .build();

    static final MethodDescriptor<Wire.AskRequest, Wire.AskReply> ASK =
            MethodDescriptor.<Wire.AskRequest, Wire.AskReply>newBuilder()
                    .setType(MethodType.UNARY)
                    .setFullMethodName(MethodDescriptor.generateFullMethodName(SERVICE, "Ask"))
                    .setRequestMarshaller(reading(Wire.AskRequest.getDefaultInstance()))
                    .setResponseMarshaller(reading(Wire.AskReply.getDefaultInstance()))
                    .build();

    private PeerMethods() {}

    @SuppressWarnings("unchecked") // A message's parser returns messages of its type.
    private static <T extends MessageLite> WireMarshaller<T> reading(T empty) {
        return new WireMarshaller<>((Parser<T>) empty.getParserForType(), empty);
    }

    private static Metadata.Key<byte[]> bytes(String name) {
        return Metadata.Key.of(name, Metadata.BINARY_BYTE_MARSHALLER);
    }

    /** A stream, because such a call may succeed without a message. */
    private static MethodDescriptor<Wire.Nothing, Wire.Nothing> metadataOnly(String name) {
        return MethodDescriptor.<Wire.Nothing, Wire.Nothing>newBuilder()
                .setType(MethodType.BIDI_STREAMING)
                .setFullMethodName(MethodDescriptor.generateFullMethodName(SERVICE, name))
                .setRequestMarshaller(reading(Wire.Nothing.getDefaultInstance()))
                .setResponseMarshaller(reading(Wire.Nothing.getDefaultInstance()))
                .build();
    }
}
