package io.lignum.server.http;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;

import io.javalin.http.Context;
import io.lignum.cluster.AppendResult;
import io.lignum.cluster.NotLeaderPolicy;
import io.lignum.server.service.LogService;
import io.lignum.server.service.Page;
import io.lignum.server.service.ReadDemand;
import io.lignum.server.service.ReadQuery;
import io.lignum.server.service.ServiceException;

import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;

/**
 * {@code /api/message}: the two calls of the original Lignum. Called on a thread of Jetty's pool.
 */
final class MessageRoutes {

    private static final Set<String> READ =
            Demand.with(Set.of("topic", "from", "to", "limit", "maxBytes", "waitMs", "encoding"));

    private static final Set<String> PRODUCE = Set.of(Forwarding.PARAMETER);

    private final LogService service;
    private final Answers answers;
    private final HttpExecutors work;

    MessageRoutes(LogService service, Answers answers, HttpExecutors work) {
        this.service = service;
        this.answers = answers;
        this.work = work;
    }

    void produce(Context context) {
        NotLeaderPolicy elsewhere = Forwarding.of(context, Query.of(context, PRODUCE));
        IncomingMessage message = MessageParser.one(Body.of(context));
        String topic = message.requiredTopic();
        context.future(() -> work.answer(
                RequestSession.of(context).produce(topic, message.toRecord(), elsewhere),
                (appended, error) -> error != null
                        ? answers.error(context, error)
                        : answers.stream(context, Answers.JSON, committed(message, appended))));
    }

    private static JsonStream committed(IncomingMessage message, AppendResult appended) {
        byte[] fields = Json.bytes(out -> {
            out.writeStartObject();
            out.writeNumberField("offset", appended.firstOffset());
            Json.leader(out, appended.leader());
            out.writeEndObject();
        });
        fields[0] = ',';
        JsonStream json = new JsonStream(none -> false);
        json.raw("{\"status\":\"message commited\"");
        byte[] value = message.value();
        if (message.text() != null && value != null) {
            json.raw(",\"data\":").string(value);
        }
        return json.raw(fields);
    }

    void read(Context context) {
        Query query = Query.of(context, READ);
        ReadQuery range = range(query, Body.of(context));
        ReadDemand demand = Demand.of(query);
        boolean base64 = query.base64();
        Duration wait = Duration.ofMillis(query.number("waitMs").orElse(0));
        Pages.Wanted wanted = new Pages.Wanted(
                range, demand, wait, Body.memory(context), ClientWatch.of(context));
        context.future(() -> Pages.read(
                RequestSession.of(context),
                work,
                wanted,
                (page, error) -> error != null
                        ? answers.error(context, error)
                        : answers.stream(
                                context, Answers.JSON, original(page, new MessageWriter(base64)))));
    }

    private JsonStream original(Page page, MessageWriter writer) {
        return PageJson.object(page, writer::original, out -> {
            out.writeNumberField("count", page.records().size());
            out.writeNumberField("next", page.next());
            Json.freshness(out, page, service.leaderId());
        });
    }

    /** Reads the range from the query, or from a JSON body if there is one. */
    private static ReadQuery range(Query query, Body body) {
        ReadQuery range;
        if (!body.isEmpty()) {
            if (query.has("topic") || query.has("from") || query.has("to")) {
                throw ServiceException.invalid(
                        "body", "give topic, from and to in the body or in the query, not in both");
            }
            range = BodyRange.parse(body);
        } else {
            if (!query.has("to")) {
                throw ServiceException.invalid("to", "there is no \"to\", the exclusive end");
            }
            range = ReadQuery.range(
                    query.text("topic", ""), query.unsigned("from", 0), query.unsigned("to", 0));
        }
        return range.withMaxRecords(query.bound("limit", Integer.MAX_VALUE))
                .withMaxBytes(query.bound("maxBytes", Integer.MAX_VALUE));
    }

    /** The JSON body of a read: {@code {"topic":"t","from":0,"to":100}}. */
    private static final class BodyRange {
        private String topic = "";
        private long from;
        private long to;

        static ReadQuery parse(Body body) {
            return body.parse(json -> {
                if (json.nextToken() != JsonToken.START_OBJECT) {
                    throw ServiceException.invalid("body", "a JSON object is expected");
                }
                BodyRange range = new BodyRange();
                Set<String> seen = new HashSet<>();
                while (json.nextToken() == JsonToken.FIELD_NAME) {
                    String field = json.currentName();
                    JsonErrors.once(json, seen, field);
                    json.nextToken();
                    range.take(json, field);
                }
                JsonErrors.requireEnd(json);
                return ReadQuery.range(range.topic, range.from, range.to);
            });
        }

        private void take(JsonParser json, String field) throws IOException {
            switch (field) {
                case "topic" -> topic = JsonErrors.string(json, field);
                case "from" -> from = JsonErrors.unsigned(json, field);
                case "to" -> to = JsonErrors.unsigned(json, field);
                default -> throw JsonErrors.unknown(json, field, "topic, from, to");
            }
        }
    }
}
