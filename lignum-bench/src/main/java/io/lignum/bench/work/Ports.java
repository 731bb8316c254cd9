package io.lignum.bench.work;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;

/** Free ports of this machine. */
public final class Ports {

    private static final int TIMEOUT_MILLIS = 1000;

    /** Below the range for outgoing connections, so that a port is still free at a restart. */
    private static final int FIRST_LASTING = 20_000;

    private static final int LAST_LASTING = 30_000;
    private static final int ATTEMPTS = 1000;

    /** Ports that this process gave away; a server may not have bound its own yet. */
    private static final Set<Integer> GIVEN = ConcurrentHashMap.newKeySet();

    private Ports() {}

    /** A port that is free at the moment. */
    public static int free() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** As {@link #free}, for a server that needs the same port after a restart. */
    public static int lasting() throws IOException {
        for (int i = 0; i < ATTEMPTS; i++) {
            int port = ThreadLocalRandom.current().nextInt(FIRST_LASTING, LAST_LASTING);
            if (GIVEN.add(port) && isFree(port)) {
                return port;
            }
        }
        throw new IOException("no free port from " + FIRST_LASTING + " to " + LAST_LASTING);
    }

    private static boolean isFree(int port) {
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        // Consul needs the port for both protocols.
        try (DatagramSocket udp = new DatagramSocket(address);
                ServerSocket tcp = new ServerSocket()) {
            tcp.bind(address);
            return udp.getLocalPort() == tcp.getLocalPort();
        } catch (IOException taken) {
            return false;
        }
    }

    /** The first byte of a server's response to a request, if there is one. */
    public static Optional<Integer> answer(int port, byte[] request) {
        try (Socket socket = new Socket()) {
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.connect(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), port), TIMEOUT_MILLIS);
            socket.getOutputStream().write(request);
            int first = socket.getInputStream().read();
            return first < 0 ? Optional.empty() : Optional.of(first);
        } catch (IOException e) {
            return Optional.empty(); // It does not listen yet; if it never does, its log says why.
        }
    }
}
