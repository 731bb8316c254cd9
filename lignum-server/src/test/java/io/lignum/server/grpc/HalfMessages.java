package io.lignum.server.grpc;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;

/**
 * A gRPC client that begins a large message and never ends it: frames of HTTP/2 by hand, because no
 * library sends half a message. The server hands out more window as it takes the bytes.
 */
public final class HalfMessages {

    private static final int FRAME_BYTES = 16 * 1024;
    private static final int FIRST_WINDOW = 65_535;

    private HalfMessages() {}

    /**
     * Sends half of a message of so many bytes, then waits for the server to end the connection or
     * the call.
     */
    public static void send(int port, String method, int messageBytes) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(10_000);
            OutputStream out = socket.getOutputStream();
            out.write(Http2Frames.opening());
            out.write(Http2Frames.frame(
                    Http2Frames.HEADERS, Http2Frames.END_HEADERS, 1, Http2Frames.headers(method)));
            byte[] head =
                    ByteBuffer.allocate(5).put((byte) 0).putInt(messageBytes).array();
            out.write(Http2Frames.frame(Http2Frames.DATA, 0, 1, head));
            // No more than the first window: whatever the server grants later only adds to it.
            int left = Math.min(messageBytes / 2, FIRST_WINDOW - head.length);
            while (left > 0) {
                int count = Math.min(left, FRAME_BYTES);
                out.write(Http2Frames.frame(Http2Frames.DATA, 0, 1, new byte[count]));
                left -= count;
            }
            out.flush();
            readToTheEnd(socket, out, messageBytes / 2 - FIRST_WINDOW);
        }
    }

    /**
     * Sends the rest as windows are granted for the stream; returns when nothing comes any more.
     */
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
            if (type == Http2Frames.WINDOW_UPDATE && stream == 1) {
                granted += ByteBuffer.wrap(payload).getInt();
            } else if (type == Http2Frames.HEADERS) {
                return; // The trailers: the call has been ended.
            }
            while (left > 0 && granted > 0) {
                int count = Math.min(FRAME_BYTES, Math.min(left, granted));
                out.write(Http2Frames.frame(Http2Frames.DATA, 0, 1, new byte[count]));
                left -= count;
                granted -= count;
            }
            out.flush();
        }
    }
}
