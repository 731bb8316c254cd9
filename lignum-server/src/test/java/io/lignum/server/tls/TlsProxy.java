package io.lignum.server.tls;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;

/**
 * Someone between two nodes: ends TLS with a certificate of its own, and forwards what it reads to
 * the other node, with TLS or without.
 */
final class TlsProxy implements Closeable {

    private final SSLContext context;
    private final boolean tlsBehind;
    private final int target;
    private final SSLServerSocket listening;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final AtomicLong bytesToNode = new AtomicLong();

    TlsProxy(SSLContext context, boolean tlsBehind, int target) throws IOException {
        this.context = context;
        this.tlsBehind = tlsBehind;
        this.target = target;
        ServerSocket made = context.getServerSocketFactory()
                .createServerSocket(0, 16, InetAddress.getLoopbackAddress());
        listening = (SSLServerSocket) made;
        listening.setNeedClientAuth(true);
        listening.setSSLParameters(http2(listening.getSSLParameters()));
        start(this::accept);
    }

    private static SSLParameters http2(SSLParameters parameters) {
        parameters.setApplicationProtocols(new String[] {"h2"});
        return parameters;
    }

    int port() {
        return listening.getLocalPort();
    }

    /** Bytes of the asking node that it could read and forward. */
    long bytesToNode() {
        return bytesToNode.get();
    }

    private static void start(Runnable task) {
        Thread thread = new Thread(task, "tls-proxy");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        try {
            while (true) {
                Socket in = listening.accept();
                sockets.add(in);
                start(() -> connect(in));
            }
        } catch (IOException closed) {
            // The test is over.
        }
    }

    private void connect(Socket in) {
        try {
            ((SSLSocket) in).startHandshake();
            Socket out = behind();
            sockets.add(out);
            start(() -> forward(out, in, new AtomicLong()));
            forward(in, out, bytesToNode);
        } catch (IOException refused) {
            close(in);
        }
    }

    private Socket behind() throws IOException {
        if (!tlsBehind) {
            return new Socket(InetAddress.getLoopbackAddress(), target);
        }
        SSLSocket out = (SSLSocket)
                context.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), target);
        out.setSSLParameters(http2(out.getSSLParameters()));
        out.startHandshake();
        return out;
    }

    private static void forward(Socket from, Socket to, AtomicLong count) {
        byte[] buffer = new byte[8192];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                count.addAndGet(read);
                out.write(buffer, 0, read);
            }
        } catch (IOException over) {
            // A side closed its connection.
        } finally {
            close(from);
            close(to);
        }
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException closed) {
            // As it should be.
        }
    }

    @Override
    public void close() throws IOException {
        listening.close();
        sockets.forEach(TlsProxy::close);
    }
}
