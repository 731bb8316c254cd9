package io.lignum.cluster.transport;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import com.google.protobuf.UnsafeByteOperations;

import io.grpc.Drainable;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * Copies a message once when it is sent, into the transport's buffers, and once when it is
 * received: its byte fields are views of the array into which the whole message was read. The
 * transport has bounded its length before.
 *
 * <p>Invalid bytes become an empty message, which the decoder refuses: after an exception here the
 * transport would log a stack trace for anything that a peer sends.
 */
final class WireMarshaller<T extends MessageLite> implements MethodDescriptor.Marshaller<T> {

    private static final Logger LOG = LoggerFactory.getLogger(WireMarshaller.class);

    private static final int COPY_BUFFER = 4096;

    private final Parser<T> parser;
    private final T empty;

    WireMarshaller(Parser<T> parser, T empty) {
        this.parser = parser;
        this.empty = empty;
    }

    @Override
    public InputStream stream(T message) {
        return new Outgoing(message);
    }

    @Override
    public T parse(InputStream stream) {
        try {
            return read(stream);
        } catch (IOException unreadable) {
            LOG.debug("An invalid {} arrived", empty.getClass().getSimpleName(), unreadable);
            return empty;
        }
    }

    private T read(InputStream stream) throws IOException {
        if (!(stream instanceof KnownLength)) {
            throw new IOException("a compressed message");
        }
        byte[] bytes = new byte[stream.available()];
        if (stream.readNBytes(bytes, 0, bytes.length) < bytes.length) {
            throw new IOException("shorter than it says");
        }
        CodedInputStream in = UnsafeByteOperations.unsafeWrap(bytes).newCodedInput();
        in.enableAliasing(true);
        T message = parser.parseFrom(in);
        in.checkLastTagWas(0);
        return message;
    }

    /** A message that the transport lets write itself into its buffers. */
    private static final class Outgoing extends InputStream implements Drainable, KnownLength {

        private final MessageLite message;
        private final int size;
        private InputStream bytes = InputStream.nullInputStream();
        private boolean drained;
        private boolean read;

        Outgoing(MessageLite message) {
            this.message = message;
            this.size = message.getSerializedSize();
        }

        @Override
        public int available() throws IOException {
            return read ? bytes.available() : drained ? 0 : size;
        }

        @Override
        public int drainTo(OutputStream target) throws IOException {
            CodedOutputStream out = CodedOutputStream.newInstance(target, COPY_BUFFER);
            message.writeTo(out);
            out.flush();
            drained = true;
            return size;
        }

        private InputStream bytes() {
            if (!read && !drained) {
                read = true;
                bytes = new ByteArrayInputStream(message.toByteArray());
            }
            return bytes;
        }

        @Override
        public int read() throws IOException {
            return bytes().read();
        }

        @Override
        public int read(byte[] into, int from, int length) throws IOException {
            return bytes().read(into, from, length);
        }
    }
}
