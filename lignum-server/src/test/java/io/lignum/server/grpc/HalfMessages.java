package io.lignum.server.grpc;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * A gRPC client that begins a large message and never ends it: frames of HTTP/2 by hand, as no
 * library sends half a message. The server hands out more window as it takes the bytes.
 */
public final class HalfMessages {

    private static final int DATA = 0;
    private static final int HEADERS = 1;
    private static final int SETTINGS = 4;
    private static final int WINDOW_UPDATE = 8;
    private static final int END_HEADERS = 4;
    private static final int FRAME_BYTES = 16 * 1024;
    private static final int FIRST_WINDOW = 65_535;

    private HalfMessages() {}

    /** Sends half of a message of so many bytes, then waits for the server to end the connection or the call. */
    public static void send(int port, String method, int messageBytes) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(10_000);
            OutputStream out = socket.getOutputStream();
            out.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            out.write(frame(SETTINGS, 0, 0, new byte[0]));
            out.write(frame(HEADERS, END_HEADERS, 1, headers(method)));
            byte[] head =
                    ByteBuffer.allocate(5).put((byte) 0).putInt(messageBytes).array();
            out.write(frame(DATA, 0, 1, head));
            // No more than the first window: whatever the server grants later only adds to it.
            int left = Math.min(messageBytes / 2, FIRST_WINDOW - head.length);
            while (left > 0) {
                int count = Math.min(left, FRAME_BYTES);
                out.write(frame(DATA, 0, 1, new byte[count]));
                left -= count;
            }
            out.flush();
            readToTheEnd(socket, out, messageBytes / 2 - FIRST_WINDOW);
        }
    }

    /** Sends the rest as windows are granted for the stream; returns when nothing comes any more. */
    private static void readToTheEnd(Socket socket, OutputStream out, int rest) throws IOException {
        DataInputStream in = new DataInputStream(socket.getInputStream());
        int left = rest;
        int granted = 0;
        while (true) {
            int length = (in.readUnsignedByte() << 16) | in.readUnsignedShort();
            int type = in.readUnsignedByte();
            in.readUnsignedByte();
            int stream = in.readInt();
            byte[] payload = in.readNBytes(length);
            if (type == WINDOW_UPDATE && stream == 1) {
                granted += ByteBuffer.wrap(payload).getInt();
            } else if (type == HEADERS) {
                return; // The trailers: the call has been ended.
            }
            while (left > 0 && granted > 0) {
                int count = Math.min(FRAME_BYTES, Math.min(left, granted));
                out.write(frame(DATA, 0, 1, new byte[count]));
                left -= count;
                granted -= count;
            }
            out.flush();
        }
    }

    private static byte[] headers(String method) {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        literal(block, ":method", "POST");
        literal(block, ":scheme", "http");
        literal(block, ":path", "/" + method);
        literal(block, ":authority", "localhost");
        literal(block, "content-type", "application/grpc");
        literal(block, "te", "trailers");
        return block.toByteArray();
    }

    /** HPACK: a literal without indexing, name and value as they are. All are shorter than 127. */
    private static void literal(ByteArrayOutputStream block, String name, String value) {
        block.write(0);
        block.write(name.length());
        block.writeBytes(name.getBytes(StandardCharsets.US_ASCII));
        block.write(value.length());
        block.writeBytes(value.getBytes(StandardCharsets.US_ASCII));
    }

    private static byte[] frame(int type, int flags, int stream, byte[] payload) {
        return ByteBuffer.allocate(9 + payload.length)
                .put((byte) (payload.length >> 16))
                .putShort((short) payload.length)
                .put((byte) type)
                .put((byte) flags)
                .putInt(stream)
                .put(payload)
                .array();
    }
}
