package io.lignum.server.metrics;

import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;

/**
 * The text for Prometheus in pieces, each made when it is asked for: with 10,000 topics the whole
 * text has many MiB, and several may be read at once. One thread at a time.
 */
final class MetricsText implements Iterator<String> {

    /** A piece is at least this long, unless it is the last, and longer by one line at most. */
    static final int PIECE_CHARS = 16 * 1024;

    private final Iterator<Iterator<String>> parts;
    private Iterator<String> lines = Collections.emptyIterator();

    MetricsText(List<Iterator<String>> parts) {
        this.parts = parts.iterator();
    }

    @Override
    public boolean hasNext() {
        while (!lines.hasNext() && parts.hasNext()) {
            lines = parts.next();
        }
        return lines.hasNext();
    }

    @Override
    public String next() {
        if (!hasNext()) {
            throw new NoSuchElementException("all of the text was taken");
        }
        StringBuilder piece = new StringBuilder(PIECE_CHARS + 512);
        while (piece.length() < PIECE_CHARS && hasNext()) {
            piece.append(lines.next());
        }
        return piece.toString();
    }
}
