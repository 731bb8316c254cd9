package io.lignum.server.http;

import io.javalin.http.Context;
import io.lignum.server.service.LogService;
import io.lignum.server.service.Permit;
import io.lignum.server.service.ReadDemand;
import io.lignum.server.service.Recheck;
import io.lignum.server.service.ServiceException;
import io.lignum.server.service.Session;
import io.lignum.server.service.TopicInfo;

import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.eclipse.jetty.server.Request;

import java.io.IOException;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/**
 * {@code /api/topics/{name}/events}: a topic as Server-Sent Events, one {@link EventStream} for
 * each request. Called on a thread of Jetty's pool.
 */
final class EventRoutes {

    private static final Set<String> KNOWN = Demand.with(Set.of("from", "fromTime", "encoding"));

    private final LogService service;
    private final Answers answers;
    private final HttpExecutors work;
    private final Set<EventStream> open = ConcurrentHashMap.newKeySet();

    EventRoutes(LogService service, Answers answers, HttpExecutors work) {
        this.service = service;
        this.answers = answers;
        this.work = work;
    }

    void open(Context context) {
        Query query = Query.of(context, KNOWN);
        String topic = context.pathParam("name");
        Session session = RequestSession.of(context);
        session.checkRead(topic);
        long from = start(context, topic, query);
        TopicInfo info = session.topics().describe(topic);
        MessageWriter writer = new MessageWriter(query.base64());
        ReadDemand demand = Demand.of(query);
        EventStream stream = new EventStream(service, session, work, info, from, writer);
        Permit permit = service.admission().stream();
        Recheck recheck = session.recheck(stream::recheck);
        service.failures().whenDone(stream.ended(), (done, error) -> {
            recheck.close();
            open.remove(stream);
            permit.close();
        });
        Request request = ServletContextRequest.getServletContextRequest(context.req());
        Request.addCompletionListener(request, failure -> stream.end());
        context.future(() -> {
            if (demand.isNone()) {
                return start(context, stream);
            }
            CompletableFuture<Void> ready = work.track(session.awaitDemand(topic, from, demand));
            return work.read(ready, (done, error) -> {
                if (error != null) {
                    stream.end();
                    return answers.error(context, error);
                }
                return start(context, stream);
            });
        });
    }

    private CompletableFuture<Void> start(Context context, EventStream stream) {
        context.contentType("text/event-stream");
        context.header("Cache-Control", "no-store");
        context.header("X-Accel-Buffering", "no");
        open.add(stream);
        try {
            stream.start(context);
        } catch (IOException disconnected) {
            stream.end();
        } catch (Throwable thrown) { // End the stream and its count.
            stream.failed(thrown);
        }
        if (stream.ended().isDone()) {
            open.remove(stream);
        }
        return stream.ended();
    }

    /** The offset after the last event that the client received, if it sends one. */
    private long start(Context context, String topic, Query query) {
        String seen = context.header("Last-Event-ID");
        if (seen == null || seen.isEmpty()) {
            return ReadStart.of(RequestSession.of(context), topic, query);
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
