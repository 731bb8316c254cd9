package io.lignum.bench.work;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/** A connection that repeats one request; parses just enough HTTP to find the end of a response. */
final class HttpConnection implements AutoCloseable {

    private static final int ANSWER_BYTES = 16 << 10;
    private static final String LENGTH = "content-length:";

    private final SocketChannel channel;
    private final ByteBuffer request;
    private final ByteBuffer answer = ByteBuffer.allocate(ANSWER_BYTES);
    private long answers;
    private @Nullable IOException failure;

    HttpConnection(Selector selector, int port, byte[] request) throws IOException {
        channel = SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.configureBlocking(false);
        channel.register(selector, SelectionKey.OP_READ, this);
        this.request = ByteBuffer.allocateDirect(request.length).put(request);
    }

    /** The request fits into the empty socket buffer, since no other one is in flight. */
    void send() throws IOException {
        request.flip();
        channel.write(request);
        if (request.hasRemaining()) {
            throw new IOException("the request does not fit into the socket's buffer");
        }
    }

    /** Called by the selector, which permits no checked exception: see {@link #rethrow}. */
    void readable() {
        try {
            if (channel.read(answer) < 0) {
                throw new IOException("the node closed the connection");
            }
            int end = end();
            if (end > 0 && answer.position() >= end) {
                if (answer.position() > end) {
                    throw new IOException("more than one answer to a request");
                }
                answers++;
                answer.clear();
                send();
            }
        } catch (IOException e) {
            failure = e;
        }
    }

    /** The end of the response; 0 while its header is incomplete. */
    private int end() throws IOException {
        byte[] bytes = answer.array();
        int body = 0;
        for (int i = 3; i < answer.position() && body == 0; i++) {
            if (bytes[i] == '\n' && bytes[i - 2] == '\n') {
                body = i + 1;
            }
        }
        if (body == 0) {
            return 0;
        }
        String head = new String(bytes, 0, body, StandardCharsets.US_ASCII);
        if (!head.startsWith("HTTP/1.1 200") && !head.startsWith("HTTP/1.1 201")) {
            throw new IOException("the node answers " + head);
        }
        for (String line : head.split("\r\n", -1)) {
            if (line.regionMatches(true, 0, LENGTH, 0, LENGTH.length())) {
                return body + Integer.parseInt(line.substring(LENGTH.length()).trim());
            }
        }
        throw new IOException("an answer without a length: " + head);
    }

    void rethrow() throws IOException {
        if (failure != null) {
            throw failure;
        }
    }

    long answers() {
        return answers;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
