package io.lignum.client;

import io.lignum.client.internal.net.Address;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Forwards bytes to a node until a test lets it drop them, which leaves connections half open. */
final class TcpProxy implements AutoCloseable {

    private final ServerSocket listener;
    private final int target;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private volatile int silentUpTo;
    private volatile int connections;

    private TcpProxy(int target) throws IOException {
        this.target = target;
        this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        daemon(this::accept);
    }

    static TcpProxy to(String address) throws IOException {
        return new TcpProxy(Address.parse(address).port());
    }

    String address() {
        return "127.0.0.1:" + listener.getLocalPort();
    }

    int connections() {
        return connections;
    }

    /** From now on nothing passes on the connections that there are; new ones work. */
    void silenceThoseThatAre() {
        silentUpTo = connections;
    }

    private void accept() {
        try {
            while (true) {
                Socket client = listener.accept();
                Socket node = new Socket(InetAddress.getLoopbackAddress(), target);
                sockets.add(client);
                sockets.add(node);
                int number = connections + 1;
                connections = number;
                daemon(() -> carry(number, client, node));
                daemon(() -> carry(number, node, client));
            }
        } catch (IOException closed) {
            // By close.
        }
    }

    private void carry(int number, Socket from, Socket to) {
        byte[] bytes = new byte[8_192];
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int count = in.read(bytes); count >= 0; count = in.read(bytes)) {
                if (number > silentUpTo) {
                    out.write(bytes, 0, count);
                }
            }
        } catch (IOException broken) {
            // Both ends are closed now, which is all that there is to do.
        }
    }

    private static void daemon(Runnable task) {
        Thread thread = new Thread(task, "proxy");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
