package io.lignum.server.http;

import io.javalin.http.Context;
import io.lignum.server.service.MemoryLease;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.IntStream;

/**
 * A request's body, in the pieces in which it arrived, and the memory reserved for the request.
 * {@link BodyLoader} fills it, then the route reads it; one thread at a time.
 */
final class Body {

    private final MemoryLease memory;
    private final JsonReading json;
    private final List<byte[]> pieces = new ArrayList<>();
    private int length;

    Body(MemoryLease memory, JsonReading json) {
        this.memory = memory;
        this.json = json;
    }

    /** The body that {@link RequestFilter} loaded; empty for a request without one. */
    static Body of(Context context) {
        if (context.req().getAttribute(RequestFilter.BODY) instanceof Body body) {
            return body;
        }
        throw new IllegalStateException("the request did not pass RequestFilter");
    }

    /** The memory reserved for this request. */
    static MemoryLease memory(Context context) {
        return of(context).memory;
    }

    void add(byte[] piece) {
        pieces.add(piece);
        length += piece.length;
    }

    int length() {
        return length;
    }

    boolean isEmpty() {
        return length == 0;
    }

    MemoryLease memory() {
        return memory;
    }

    /**
     * Parses the body as JSON.
     *
     * @throws ServiceException the body is not valid
     */
    <T> T parse(JsonReading.Parse<T> parse) {
        return json.read(this, parse);
    }

    /** Returns where the body ceases to be UTF-8; empty if it does not, or is UTF-16 or UTF-32. */
    OptionalLong firstNotUtf8() {
        return isWide() ? OptionalLong.empty() : Utf8Check.firstWrong(pieces);
    }

    /** JSON that is not UTF-8 begins with a byte order mark, or has a NUL in its first 4 bytes. */
    private boolean isWide() {
        byte[] start = new byte[4];
        Arrays.fill(start, (byte) ' ');
        int count = 0;
        for (byte[] piece : pieces) {
            for (int i = 0; i < piece.length && count < start.length; i++) {
                start[count++] = piece[i];
            }
        }
        int mark = ((start[0] & 0xFF) << 8) | (start[1] & 0xFF);
        return mark == 0xFEFF
                || mark == 0xFFFE
                || IntStream.range(0, start.length).anyMatch(i -> start[i] == 0);
    }

    InputStream stream() {
        return new SequenceInputStream(Collections.enumeration(
                pieces.stream().map(ByteArrayInputStream::new).toList()));
    }

    /** The whole body in one array. */
    byte[] bytes() {
        if (pieces.size() == 1) {
            return pieces.get(0);
        }
        memory.take(length);
        byte[] all = new byte[length];
        int at = 0;
        for (byte[] piece : pieces) {
            System.arraycopy(piece, 0, all, at, piece.length);
            at += piece.length;
        }
        return all;
    }
}
