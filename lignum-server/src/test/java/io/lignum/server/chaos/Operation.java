package io.lignum.server.chaos;

/**
 * What a client did, and what came of it.
 *
 * @param kind what it was
 * @param client who did it; the operations of one client are ordered by when they began
 * @param node whom it asked, or prefers
 * @param value the record's, of which each is sent once; 0 for a read
 * @param offset of the record, or the exclusive end that a read saw; -1 if it got none
 * @param begun nanoseconds of this machine's monotonic clock
 * @param ended the same; equal to {@code begun} for a record that was received
 * @param result what the client was told
 */
record Operation(
        Kind kind,
        int client,
        String node,
        long value,
        long offset,
        long begun,
        long ended,
        Result result) {

    enum Kind {
        SEND,
        /** A record that a consumer received. */
        POLL,
        /** A linearizable read of the end of the log. */
        READ
    }

    enum Result {
        OK,
        /** It did not happen, and will not. */
        FAILED,
        /** It may have happened, or may happen yet. */
        UNKNOWN
    }

    boolean isOk() {
        return result == Result.OK;
    }

    /** One line of JSON. */
    String toJson() {
        return "{\"kind\":\"" + kind + "\",\"client\":" + client + ",\"node\":\"" + node
                + "\",\"value\":" + value + ",\"offset\":" + offset + ",\"begun\":" + begun
                + ",\"ended\":" + ended + ",\"result\":\"" + result + "\"}";
    }
}
