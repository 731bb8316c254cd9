package io.lignum.client.internal.consumer;

import java.time.Instant;

/**
 * Where a consumer starts.
 *
 * @param number the offset, or milliseconds since the Unix epoch; 0 for other kinds
 */
record Start(Kind kind, long number) {

    enum Kind {
        BEGINNING,
        END,
        OFFSET,
        TIME
    }

    static final Start BEGINNING = new Start(Kind.BEGINNING, 0);
    static final Start END = new Start(Kind.END, 0);

    static Start offset(long offset) {
        return new Start(Kind.OFFSET, offset);
    }

    static Start time(Instant time) {
        return new Start(Kind.TIME, time.toEpochMilli());
    }
}
