package io.lignum.client.internal.consumer;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnsafeByteOperations;

import io.grpc.KnownLength;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.Status;
import io.lignum.api.Fetched;
import io.lignum.api.LignumLogGrpc;
import io.lignum.api.SubscribeRequest;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/**
 * The Subscribe call with a parser that copies an answer once, from the transport's buffers into
 * one array. The batches are a view of that array. The generated parser copies them twice.
 */
final class SubscribeMethod {

    static final MethodDescriptor<SubscribeRequest, Fetched> INSTANCE =
            LignumLogGrpc.getSubscribeMethod().toBuilder()
                    .setResponseMarshaller(
                            new Reading(LignumLogGrpc.getSubscribeMethod().getResponseMarshaller()))
                    .build();

    private SubscribeMethod() {}

    private record Reading(Marshaller<Fetched> ordinary) implements Marshaller<Fetched> {

        @Override
        public InputStream stream(Fetched answer) {
            return ordinary.stream(answer);
        }

        @Override
        public Fetched parse(InputStream stream) {
            if (!(stream instanceof KnownLength)) {
                return ordinary.parse(stream); // Compressed by the transport.
            }
            try {
                return read(stream);
            } catch (InvalidProtocolBufferException invalid) {
                throw refused("Invalid protobuf byte sequence", invalid);
            } catch (IOException broken) {
                throw refused("the answer could not be read", broken);
            }
        }

        /** The transport has limited the length, and has received all of it. */
        private static Fetched read(InputStream stream) throws IOException {
            byte[] bytes = new byte[stream.available()];
            if (stream.readNBytes(bytes, 0, bytes.length) < bytes.length) {
                throw new EOFException("the answer is shorter than its length");
            }
            CodedInputStream in = UnsafeByteOperations.unsafeWrap(bytes).newCodedInput();
            in.enableAliasing(true);
            Fetched answer = Fetched.parseFrom(in);
            in.checkLastTagWas(0);
            return answer;
        }

        private static RuntimeException refused(String what, Exception cause) {
            return Status.INTERNAL.withDescription(what).withCause(cause).asRuntimeException();
        }
    }
}
