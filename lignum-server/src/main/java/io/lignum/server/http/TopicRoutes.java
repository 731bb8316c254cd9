package io.lignum.server.http;

import io.javalin.http.Context;
import io.lignum.cluster.NotLeaderPolicy;
import io.lignum.record.LogRecord;
import io.lignum.record.StoredRecord;
import io.lignum.record.Utf8;
import io.lignum.server.service.ErrorCode;
import io.lignum.server.service.Page;
import io.lignum.server.service.ReadQuery;
import io.lignum.server.service.ServiceException;
import io.lignum.server.service.TopicInfo;

import java.util.Base64;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** {@code /api/topics}: topics, and single messages as raw bytes. Blocks on the disk. */
final class TopicRoutes {

    /** The longest key that fits into a header of a raw response. */
    static final int MAX_KEY_BYTES = 8 * 1024;

    private final Answers answers;
    private final HttpExecutors work;

    TopicRoutes(Answers answers, HttpExecutors work) {
        this.answers = answers;
        this.work = work;
    }

    void list(Context context) {
        Query.of(context, Set.of());
        List<TopicInfo> topics = RequestSession.of(context).topics().list(Body.memory(context));
        context.future(() -> answers.stream(context, Answers.JSON, list(topics)));
    }

    private static JsonStream list(List<TopicInfo> topics) {
        Iterator<TopicInfo> rest = topics.iterator();
        String[] before = {""};
        JsonStream json = new JsonStream(none -> false);
        json.raw("[");
        json.each(next -> {
            if (!rest.hasNext()) {
                return false;
            }
            next.raw(before[0]).raw(json(rest.next()));
            before[0] = ",";
            return true;
        });
        return json.raw("]");
    }

    void create(Context context) {
        Query.of(context, Set.of());
        later(
                context,
                RequestSession.of(context)
                        .topics()
                        .create(name(context), TopicJson.parse(Body.of(context))));
    }

    void describe(Context context) {
        Query.of(context, Set.of());
        byte[] body =
                json(found(() -> RequestSession.of(context).topics().describe(name(context))));
        context.future(() -> answers.json(context, body));
    }

    void alter(Context context) {
        Query.of(context, Set.of());
        later(
                context,
                RequestSession.of(context)
                        .topics()
                        .alter(name(context), TopicJson.parse(Body.of(context))));
    }

    void delete(Context context) {
        Query.of(context, Set.of());
        String name = name(context);
        byte[] body = Json.bytes(out -> {
            out.writeStartObject();
            out.writeStringField("status", "topic deleted");
            out.writeStringField("name", name);
            out.writeEndObject();
        });
        context.future(() -> work.answer(
                RequestSession.of(context).topics().delete(name),
                (deleted, error) ->
                        error != null ? notFound(context, error) : answers.json(context, body)));
    }

    /** Deletes the messages below {@code before}. */
    void trim(Context context) {
        Query query = Query.of(context, Set.of("before"));
        long before = query.number("before")
                .orElseThrow(() -> ServiceException.invalid(
                        "before",
                        "there is no \"before\", the offset of the first message to keep"));
        later(context, RequestSession.of(context).topics().trim(name(context), before));
    }

    /** Appends one message whose value is the request's body. */
    void append(Context context) {
        Query query = Query.of(context, Set.of("key", "timestamp", Forwarding.PARAMETER));
        NotLeaderPolicy elsewhere = Forwarding.of(context, query);
        String key = query.text("key");
        LogRecord record = LogRecord.of(
                key == null ? null : Utf8.encode(key), Body.of(context).bytes());
        var timestamp = query.number("timestamp");
        LogRecord stamped =
                timestamp.isPresent() ? record.withTimestamp(timestamp.getAsLong()) : record;
        context.future(() -> work.answer(
                RequestSession.of(context).produce(name(context), stamped, elsewhere),
                (appended, error) -> error != null
                        ? answers.error(context, error)
                        : answers.json(context, Json.bytes(out -> {
                            out.writeStartObject();
                            out.writeStringField("status", "message commited");
                            out.writeNumberField("offset", appended.firstOffset());
                            Json.leader(out, appended.leader());
                            out.writeEndObject();
                        }))));
    }

    /** Returns one message's value as raw bytes. */
    void raw(Context context) {
        Query.of(context, Set.of());
        long offset = JsonErrors.parseUnsigned("offset", context.pathParam("offset"));
        Page page = found(() -> RequestSession.of(context)
                .read(
                        ReadQuery.from(name(context), offset).withMaxRecords(1),
                        Body.memory(context)));
        if (page.records().isEmpty()) {
            throw ServiceException.refused(
                    ErrorCode.OFFSET_OUT_OF_RANGE,
                    "there is no message at offset " + Long.toUnsignedString(offset)
                            + " yet; the topic ends at " + page.readableEnd());
        }
        StoredRecord record = page.records().get(0);
        byte[] value = record.value();
        byte[] key = record.key();
        if (key != null && key.length > MAX_KEY_BYTES) {
            throw ServiceException.invalid(
                    "offset",
                    "the key of this message has " + key.length + " bytes and does not fit into a"
                            + " header, which is limited to " + MAX_KEY_BYTES
                            + "; read the message with GET /api/messages");
        }
        // The value comes from a producer; browsers must not interpret it as a page of this node.
        context.header("Content-Disposition", "attachment");
        context.header("Content-Security-Policy", "sandbox");
        context.header("Lignum-Offset", Long.toString(record.offset()));
        context.header("Lignum-Timestamp", Long.toString(record.timestamp()));
        if (key != null) {
            context.header("Lignum-Key-Base64", Base64.getEncoder().encodeToString(key));
        }
        if (value == null) {
            context.header("Lignum-Value", "null");
        }
        context.future(
                () -> answers.send(context, Answers.BINARY, value == null ? new byte[0] : value));
    }

    private void later(Context context, CompletableFuture<TopicInfo> call) {
        context.future(() -> work.answer(
                call,
                (topic, error) -> error != null
                        ? notFound(context, error)
                        : answers.json(context, json(topic))));
    }

    /** Answers 404 if the topic in the path does not exist. */
    private CompletableFuture<Void> notFound(Context context, Throwable error) {
        ServiceException answer = ServiceException.of(error);
        return answer.code() == ErrorCode.UNKNOWN_TOPIC
                ? answers.error(context, answer, 404)
                : answers.error(context, answer);
    }

    private static byte[] json(TopicInfo topic) {
        return Json.bytes(out -> TopicJson.write(out, topic));
    }

    private static String name(Context context) {
        return context.pathParam("name");
    }

    /** As {@link #notFound}, for calls that return directly. */
    private static <T> T found(Supplier<T> call) {
        try {
            return call.get();
        } catch (ServiceException e) {
            if (e.code() == ErrorCode.UNKNOWN_TOPIC) {
                throw new NotFound(e);
            }
            throw e;
        }
    }

    /** Carries the error to {@link ErrorRoutes}, which answers with status 404. */
    static final class NotFound extends RuntimeException {
        private static final long serialVersionUID = 1L;

        NotFound(ServiceException cause) {
            super(cause);
        }
    }
}
