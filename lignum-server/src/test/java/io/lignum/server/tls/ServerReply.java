package io.lignum.server.tls;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * How a server answers a {@link ClientHello}: with a hello of its own, with an alert, or by closing
 * the connection.
 *
 * @param alert the number of the alert, for example 70 for {@code protocol_version}
 */
record ServerReply(Optional<ServerHello> hello, OptionalInt alert) {

    static final int ALERT = 21;

    private static final int SERVER_HELLO = 2;
    private static final int SUPPORTED_VERSIONS = 43;
    private static final int RANDOM_BYTES = 32;

    /**
     * What a server chose.
     *
     * @param version of the extension, if there is one, else of the field
     * @param extensions by their numbers
     */
    record ServerHello(
            int version,
            byte[] random,
            int suite,
            int compression,
            Map<Integer, byte[]> extensions) {}

    /** Sends a hello over a connection of its own. */
    static ServerReply to(ClientHello hello, int port) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(30_000);
            OutputStream out = socket.getOutputStream();
            out.write(hello.record());
            return read(new DataInputStream(socket.getInputStream()));
        } catch (EOFException | SocketException closed) {
            return new ServerReply(Optional.empty(), OptionalInt.empty());
        }
    }

    private static ServerReply read(DataInputStream in) throws IOException {
        int type = in.readUnsignedByte();
        in.readUnsignedShort();
        byte[] contents = in.readNBytes(in.readUnsignedShort());
        if (type == ALERT) {
            return new ServerReply(Optional.empty(), OptionalInt.of(contents[1]));
        }
        if (type != ClientHello.HANDSHAKE || contents[0] != SERVER_HELLO) {
            throw new IOException("neither a hello nor an alert: a record of type " + type);
        }
        return new ServerReply(
                Optional.of(parse(ByteBuffer.wrap(contents, 4, contents.length - 4))),
                OptionalInt.empty());
    }

    private static ServerHello parse(ByteBuffer in) {
        int version = in.getShort();
        byte[] random = new byte[RANDOM_BYTES];
        in.get(random);
        in.position(in.position() + 1 + in.get(in.position())); // the session
        int suite = Short.toUnsignedInt(in.getShort());
        int compression = in.get();
        Map<Integer, byte[]> extensions = new HashMap<>();
        int end = in.hasRemaining() ? Short.toUnsignedInt(in.getShort()) + in.position() : 0;
        while (in.position() < end) {
            int type = Short.toUnsignedInt(in.getShort());
            byte[] contents = new byte[Short.toUnsignedInt(in.getShort())];
            in.get(contents);
            extensions.put(type, contents);
        }
        byte[] newer = extensions.get(SUPPORTED_VERSIONS);
        return new ServerHello(
                newer == null ? version : ByteBuffer.wrap(newer).getShort(),
                random,
                suite,
                compression,
                extensions);
    }
}
