package io.lignum.server.grpc;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import com.google.protobuf.UnsafeByteOperations;

import io.grpc.KnownLength;
import io.grpc.MethodDescriptor;
import io.grpc.Status;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/**
 * Reads a message from the transport's buffers into one array. Its byte fields are views of that
 * array, so a batch is copied once on arrival instead of twice. The array lives as long as the
 * batch and contains little else. gRPC calls it for each request of the two methods that carry
 * batches, on the thread of the call.
 */
final class AliasingMarshaller<T extends MessageLite> implements MethodDescriptor.Marshaller<T> {

    private final MethodDescriptor.Marshaller<T> ordinary;
    private final Parser<T> parser;

    AliasingMarshaller(MethodDescriptor.Marshaller<T> ordinary, Parser<T> parser) {
        this.ordinary = ordinary;
        this.parser = parser;
    }

    @Override
    public InputStream stream(T message) {
        return ordinary.stream(message);
    }

    @Override
    public T parse(InputStream stream) {
        if (!(stream instanceof KnownLength)) {
            return ordinary.parse(stream); // Compressed by the transport, so its length is unknown.
        }
        try {
            // The complete message is available. readAllBytes does not know that: it would collect
            // chunks and copy them again.
            byte[] bytes = new byte[stream.available()];
            if (stream.readNBytes(bytes, 0, bytes.length) < bytes.length) {
                throw new EOFException("the message is shorter than its length");
            }
            CodedInputStream in = UnsafeByteOperations.unsafeWrap(bytes).newCodedInput();
            in.enableAliasing(true);
            T message = parser.parseFrom(in);
            in.checkLastTagWas(0);
            return message;
        } catch (InvalidProtocolBufferException invalid) {
            throw Status.INTERNAL
                    .withDescription("Invalid protobuf byte sequence")
                    .withCause(invalid)
                    .asRuntimeException();
        } catch (IOException broken) {
            throw Status.INTERNAL
                    .withDescription("the message could not be read")
                    .withCause(broken)
                    .asRuntimeException();
        }
    }
}
