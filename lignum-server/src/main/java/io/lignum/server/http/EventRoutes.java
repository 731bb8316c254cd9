package io.lignum.server.http;

import io.javalin.http.Context;
import io.lignum.server.service.LogService;
import io.lignum.server.service.Permit;
import io.lignum.server.service.ServiceException;

import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** {@code /api/topics/{name}/events}: a topic as Server-Sent Events. */
final class EventRoutes {

    private static final Set<String> KNOWN = Set.of("from", "fromTime", "encoding");

    private final LogService service;
    private final Work work;
    private final Set<EventStream> open = ConcurrentHashMap.newKeySet();

    EventRoutes(LogService service, Work work) {
        this.service = service;
        this.work = work;
    }

    void open(Context context) {
        Query query = Query.of(context, KNOWN);
        String topic = context.pathParam("name");
        long from = start(context, topic, query);
        service.describeTopic(topic);
        MessageWriter writer = new MessageWriter(query.base64());
        Permit permit = service.openStream();
        context.contentType("text/event-stream");
        context.header("Cache-Control", "no-store");
        context.header("X-Accel-Buffering", "no");
        context.future(() -> {
            EventStream stream = new EventStream(service, work, topic, from, writer);
            open.add(stream);
            var unused = stream.ended().whenComplete((done, error) -> {
                open.remove(stream);
                permit.close();
            });
            try {
                stream.start(context);
            } catch (IOException | RuntimeException e) {
                stream.end();
            }
            return stream.ended();
        });
    }

    /** After the last event that the client has seen, where it says so. */
    private long start(Context context, String topic, Query query) {
        String seen = context.header("Last-Event-ID");
        if (seen == null || seen.isEmpty()) {
            return Starts.of(service, topic, query);
        }
        long last = JsonErrors.parseUnsigned("Last-Event-ID", seen);
        if (last < 0 || last == Long.MAX_VALUE) {
            throw ServiceException.invalid("Last-Event-ID", "must be an offset that was sent");
        }
        return last + 1;
    }

    void endAll() {
        open.forEach(EventStream::end);
    }
}
