package io.lignum.server.service;

/**
 * The range and bounds of a read.
 *
 * @param from first offset
 * @param to exclusive end; Long.MAX_VALUE means the end of the topic
 * @param maxRecords at least 1; the node's limit also applies
 * @param maxBytes at least 1; the node's limit also applies, but one message is always returned
 */
public record ReadQuery(String topic, long from, long to, int maxRecords, int maxBytes) {

    public ReadQuery {
        if (from < 0) {
            throw ServiceException.invalid("from", "from is above the largest offset, 2^63-1");
        }
        if (from >= to) {
            throw ServiceException.invalid(
                    "from",
                    "from must be below to, which is exclusive: from " + from + ", to " + to);
        }
        if (maxRecords < 1) {
            throw ServiceException.invalid("maxRecords", "must be 1 or more");
        }
        if (maxBytes < 1) {
            throw ServiceException.invalid("maxBytes", "must be 1 or more");
        }
    }

    /**
     * Creates a query from unsigned numbers of a request; a {@code to} above 2^63-1 means the end.
     */
    public static ReadQuery range(String topic, long fromUnsigned, long toUnsigned) {
        long to = toUnsigned < 0 ? Long.MAX_VALUE : toUnsigned;
        return new ReadQuery(topic, fromUnsigned, to, Integer.MAX_VALUE, Integer.MAX_VALUE);
    }

    public static ReadQuery from(String topic, long from) {
        return range(topic, from, Long.MAX_VALUE);
    }

    public ReadQuery withMaxRecords(int max) {
        return new ReadQuery(topic, from, to, max, maxBytes);
    }

    public ReadQuery withMaxBytes(int max) {
        return new ReadQuery(topic, from, to, maxRecords, max);
    }
}
