package io.lignum.server.chaos;

/**
 * An operation of a client and its result.
 *
 * @param kind the kind of operation
 * @param client the client; the operations of one client are ordered by their begin
 * @param node the node asked or preferred
 * @param value the record's value, each sent once; 0 for a read
 * @param offset of the record, or the exclusive end that a read saw; -1 if it got none
 * @param startNanos nanoseconds of this machine's monotonic clock
 * @param ended the same; equal to {@code startNanos} for a record that was received
 * @param result the result that the client got
 */
record ClientOperation(
        Kind kind,
        int client,
        String node,
        long value,
        long offset,
        long startNanos,
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
                + "\",\"value\":" + value + ",\"offset\":" + offset + ",\"start\":" + startNanos
                + ",\"ended\":" + ended + ",\"result\":\"" + result + "\"}";
    }
}
