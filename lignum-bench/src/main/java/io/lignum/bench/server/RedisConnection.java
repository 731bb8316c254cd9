package io.lignum.bench.server;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Redis' protocol on a plain socket, with less overhead than a client library. Commands are
 * buffered until {@link #flush} or until the buffer is full; replies come in order. Used by one
 * thread.
 */
final class RedisConnection implements AutoCloseable {

    private static final int BUFFER_BYTES = 64 << 10;
    private static final byte[] NOTHING = {};

    private final Socket socket;
    private final OutputStream to;
    private final byte[] out = new byte[BUFFER_BYTES];
    private int outEnd;
    private final DataInputStream from;
    private final byte[] in = new byte[BUFFER_BYTES];
    private int inAt;
    private int inEnd;

    RedisConnection(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
        to = socket.getOutputStream();
        from = new DataInputStream(socket.getInputStream());
    }

    static byte[] word(String word) {
        return word.getBytes(StandardCharsets.UTF_8);
    }

    void command(byte[]... words) throws IOException {
        header('*', words.length);
        for (byte[] word : words) {
            header('$', word.length);
            put(word);
            put('\r');
            put('\n');
        }
    }

    private void header(char kind, int number) throws IOException {
        put(kind);
        int digits = 1;
        for (int rest = number / 10; rest > 0; rest /= 10) {
            digits *= 10;
        }
        for (; digits > 0; digits /= 10) {
            put('0' + number / digits % 10);
        }
        put('\r');
        put('\n');
    }

    private void put(int oneByte) throws IOException {
        if (outEnd == out.length) {
            flush();
        }
        out[outEnd++] = (byte) oneByte;
    }

    private void put(byte[] bytes) throws IOException {
        if (bytes.length > out.length - outEnd) {
            flush();
        }
        if (bytes.length > out.length) {
            to.write(bytes);
            return;
        }
        System.arraycopy(bytes, 0, out, outEnd, bytes.length);
        outEnd += bytes.length;
    }

    void flush() throws IOException {
        if (outEnd > 0) {
            to.write(out, 0, outEnd);
            outEnd = 0;
        }
    }

    /** Reads the next reply: a Long, a String, a byte[] (empty for none), or a list of them. */
    Object reply() throws IOException {
        byte kind = get();
        return switch (kind) {
            case '+' -> line();
            case '-' -> throw new IOException("Redis answers " + line());
            case ':' -> number();
            case '$' -> bulk((int) number());
            case '*' -> list(number());
            default -> throw new IOException("no reply begins with " + kind);
        };
    }

    private List<Object> list(long count) throws IOException {
        List<Object> list = new ArrayList<>((int) Math.max(count, 0));
        for (long i = 0; i < count; i++) {
            list.add(reply());
        }
        return list;
    }

    private byte[] bulk(int length) throws IOException {
        if (length < 0) {
            return NOTHING;
        }
        byte[] bytes = new byte[length];
        int buffered = Math.min(length, inEnd - inAt);
        System.arraycopy(in, inAt, bytes, 0, buffered);
        inAt += buffered;
        from.readFully(bytes, buffered, length - buffered);
        get();
        get();
        return bytes;
    }

    private long number() throws IOException {
        long number = 0;
        boolean negative = false;
        for (byte next = get(); next != '\r'; next = get()) {
            if (next == '-') {
                negative = true;
            } else {
                number = number * 10 + (next - '0');
            }
        }
        get();
        return negative ? -number : number;
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (byte next = get(); next != '\r'; next = get()) {
            line.append((char) next);
        }
        get();
        return line.toString();
    }

    private byte get() throws IOException {
        if (inAt == inEnd) {
            inEnd = from.read(in);
            inAt = 0;
            if (inEnd < 0) {
                throw new EOFException("Redis closed the connection");
            }
        }
        return in[inAt++];
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
