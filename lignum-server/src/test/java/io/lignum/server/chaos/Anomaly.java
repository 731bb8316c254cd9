package io.lignum.server.chaos;

/** What must not be, by the names of Jepsen's workload for Kafka where it has one. */
record Anomaly(Kind kind, String text) {

    enum Kind {
        /** Acknowledged, and not in the log. */
        LOST_WRITE,
        /** In the log twice. */
        DUPLICATE,
        /** An offset that holds one record here and another there. */
        INCONSISTENT_OFFSETS,
        /** Refused for good, and in the log or received (G1a). */
        ABORTED_READ,
        /** Received, and not in the log. */
        PRECOMMITTED_READ,
        /** In the log, and sent by no client. */
        NEVER_SENT,
        /** A consumer received a record behind a later one, or again. */
        NONMONOTONIC_POLL,
        /** A client's later record stands before an earlier one. */
        NONMONOTONIC_SEND,
        /** A consumer did not receive a record between two others. */
        POLL_SKIP,
        /**
         * In the log, and a node does not have it, or a consumer did not get it, when all was well
         * again.
         */
        UNSEEN,
        /** A linearizable read that did not see what was acknowledged, or seen, before it began. */
        STALE_READ,
        /** A send without an answer long after its time was up. */
        NO_ANSWER
    }

    @Override
    public String toString() {
        return kind + ": " + text;
    }
}
