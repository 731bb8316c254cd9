package io.lignum.server.metrics;

import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;

/**
 * The Prometheus text in pieces, each generated on demand: with 10,000 topics the whole text has
 * many MiB, and several scrapes may run at once. Used by one thread at a time.
 */
final class MetricsText implements Iterator<String> {

    /** Minimum length of a piece, except the last; one line may exceed it. */
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
            throw new NoSuchElementException("the text is exhausted");
        }
        StringBuilder piece = new StringBuilder(PIECE_CHARS + 512);
        while (piece.length() < PIECE_CHARS && hasNext()) {
            piece.append(lines.next());
        }
        return piece.toString();
    }
}
