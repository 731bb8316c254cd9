package io.lignum.server.http;

import io.lignum.server.service.ServiceException;
import io.lignum.server.service.Session;

/**
 * Finds the offset at which a read begins, from the query: an offset, a time, or the end. May read
 * files, on the calling thread.
 */
final class ReadStart {

    private ReadStart() {}

    /** Without {@code from} and {@code fromTime} a read begins at the log start offset. */
    static long of(Session session, String topic, Query query) {
        if (query.has("from") && query.has("fromTime")) {
            throw ServiceException.invalid("fromTime", "give from or fromTime, not both");
        }
        if (query.has("fromTime")) {
            long time = query.number("fromTime").orElse(0);
            return session.offsetAt(topic, time)
                    .orElseGet(() -> session.topics().describe(topic).readableEnd());
        }
        if (!query.has("from")) {
            return session.topics().describe(topic).logStart();
        }
        if (query.text("from", "").equals("end")) {
            return session.topics().describe(topic).readableEnd();
        }
        return query.unsigned("from", 0);
    }
}
