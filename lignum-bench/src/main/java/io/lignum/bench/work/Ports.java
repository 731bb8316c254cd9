package io.lignum.bench.server;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Optional;

/** Ports of this machine that nobody else reaches. */
final class Ports {

    private static final int PATIENCE_MILLIS = 1000;

    private Ports() {}

    /** One that nobody listened on just now. */
    static int free() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** The first byte that a server answers to a request, if it answers at all. */
    static Optional<Integer> answer(int port, byte[] request) {
        try (Socket socket = new Socket()) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.connect(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), port), PATIENCE_MILLIS);
            socket.getOutputStream().write(request);
            int first = socket.getInputStream().read();
            return first < 0 ? Optional.empty() : Optional.of(first);
        } catch (IOException e) {
            return Optional
                    .empty(); // It does not listen yet, which its log tells if it never does.
        }
    }
}
