package io.lignum.server.grpc;

import java.io.Closeable;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;

/**
 * A gRPC client that begins a large message and never ends it: frames of HTTP/2 by hand, because no
 * library sends half a message. The server hands out more window as it takes the bytes. Used by one
 * thread; another may close it.
 */
public final class HalfMessage implements Closeable {

    private static final int FRAME_BYTES = 16 * 1024;
    private static final int FIRST_WINDOW = 65_535;

    private final Socket socket;
    private int left; // bytes of the half that are not sent
    private long granted = FIRST_WINDOW;

    /** Sends what the first window takes of half of a message of so many bytes. */
    public HalfMessage(int port, String method, int messageBytes) throws IOException {
        left = messageBytes / 2;
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        try {
            socket.setSoTimeout(10_000);
            OutputStream out = socket.getOutputStream();
            out.write(Http2Frames.opening());
            out.write(Http2Frames.frame(
                    Http2Frames.HEADERS, Http2Frames.END_HEADERS, 1, Http2Frames.headers(method)));
            byte[] head =
                    ByteBuffer.allocate(5).put((byte) 0).putInt(messageBytes).array();
            out.write(Http2Frames.frame(Http2Frames.DATA, 0, 1, head));
            granted -= head.length;
            sendGranted();
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    /**
     * Sends the rest of the half as the server grants windows; returns when the server has ended
     * the call, and throws when nothing comes for 10 s.
     */
    public void awaitEnd() throws IOException {
        DataInputStream in = new DataInputStream(socket.getInputStream());
        while (true) {
            int length = (in.readUnsignedByte() << 16) | in.readUnsignedShort();
            int type = in.readUnsignedByte();
            in.readUnsignedByte();
            int stream = in.readInt();
            byte[] payload = in.readNBytes(length);
            if (type == Http2Frames.WINDOW_UPDATE && stream == 1) {
                granted += ByteBuffer.wrap(payload).getInt();
                sendGranted();
            } else if (type == Http2Frames.HEADERS) {
                return; // The trailers: the call has been ended.
            }
        }
    }

    private void sendGranted() throws IOException {
        OutputStream out = socket.getOutputStream();
        while (left > 0 && granted > 0) {
            int count = (int) Math.min(FRAME_BYTES, Math.min(left, granted));
            out.write(Http2Frames.frame(Http2Frames.DATA, 0, 1, new byte[count]));
            left -= count;
            granted -= count;
        }
        out.flush();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
