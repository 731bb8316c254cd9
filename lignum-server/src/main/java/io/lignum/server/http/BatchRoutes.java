package io.lignum.server.http;

import io.javalin.http.Context;
import io.lignum.cluster.AppendResult;
import io.lignum.cluster.NotLeaderPolicy;
import io.lignum.record.LogRecord;
import io.lignum.record.ProducerStamp;
import io.lignum.server.service.LogService;
import io.lignum.server.service.Page;
import io.lignum.server.service.ReadQuery;
import io.lignum.server.service.ServiceException;
import io.lignum.server.service.Session;
import io.lignum.storage.AppendOptions;

import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;

/**
 * {@code /api/messages}: writes many messages in one request, and reads all fields of messages.
 * Called on a thread of Jetty's pool.
 */
final class BatchRoutes {

    private static final Set<String> PRODUCE = Set.of(
            "topic",
            "expectedOffset",
            "producerId",
            "producerEpoch",
            "sequence",
            Forwarding.PARAMETER);
    private static final Set<String> READ = Demand.with(
            Set.of("topic", "from", "fromTime", "to", "limit", "maxBytes", "waitMs", "encoding"));

    private final LogService service;
    private final Answers answers;
    private final HttpExecutors work;

    BatchRoutes(LogService service, Answers answers, HttpExecutors work) {
        this.service = service;
        this.answers = answers;
        this.work = work;
    }

    void produce(Context context) {
        Query query = Query.of(context, PRODUCE);
        List<IncomingMessage> messages = parse(context);
        String topic = oneTopic(query.text("topic", ""), messages);
        List<LogRecord> records =
                messages.stream().map(IncomingMessage::toRecord).toList();
        AppendOptions options = options(query);
        NotLeaderPolicy elsewhere = Forwarding.of(context, query);
        context.future(() -> work.answer(
                RequestSession.of(context).produce(topic, records, options, elsewhere),
                (appended, error) -> error != null
                        ? answers.error(context, error)
                        : answers.json(context, committed(topic, appended))));
    }

    private List<IncomingMessage> parse(Context context) {
        String type = context.contentType() == null ? "" : context.contentType();
        int max = service.limits().batchMaxRecords();
        return type.startsWith(Answers.LINES)
                ? MessageParser.lines(Body.of(context), max)
                : MessageParser.array(Body.of(context), max);
    }

    /** Returns the one topic that a batch is for. All messages of a batch go to the same topic. */
    private static String oneTopic(String given, List<IncomingMessage> messages) {
        String topic = given;
        for (int i = 0; i < messages.size(); i++) {
            String own = messages.get(i).topic();
            if (own == null) {
                continue;
            }
            if (topic.isEmpty()) {
                topic = own;
            } else if (!topic.equals(own)) {
                throw ServiceException.invalid(
                        IncomingMessage.field(i, "topic"),
                        "all messages of a batch go to one topic; send one batch for each");
            }
        }
        return topic;
    }

    private static AppendOptions options(Query query) {
        OptionalLong expected = query.number("expectedOffset");
        OptionalLong producer = query.number("producerId");
        if (producer.isEmpty()) {
            return new AppendOptions(expected, null);
        }
        long epoch = query.number("producerEpoch").orElse(0);
        long sequence = query.number("sequence").orElse(-1);
        if (epoch > Short.MAX_VALUE) {
            throw ServiceException.invalid("producerEpoch", "must be at most 32767");
        }
        if (sequence < 0 || sequence > Integer.MAX_VALUE) {
            throw ServiceException.invalid(
                    "sequence", "a producer needs a sequence from 0 to 2^31-1");
        }
        return new AppendOptions(
                expected, new ProducerStamp(producer.getAsLong(), (short) epoch, (int) sequence));
    }

    private static byte[] committed(String topic, AppendResult appended) {
        return Json.bytes(out -> {
            out.writeStartObject();
            out.writeStringField("status", "messages commited");
            out.writeStringField("topic", topic);
            out.writeNumberField("offset", appended.firstOffset());
            out.writeNumberField("count", appended.count());
            out.writeBooleanField("duplicate", appended.duplicate());
            Json.leader(out, appended.leader());
            out.writeEndObject();
        });
    }

    void read(Context context) {
        Query query = Query.of(context, READ);
        Session session = RequestSession.of(context);
        String topic = query.text("topic", "");
        ReadQuery range = ReadQuery.range(
                        topic,
                        ReadStart.of(session, topic, query),
                        query.unsigned("to", Long.MAX_VALUE))
                .withMaxRecords(query.bound("limit", Integer.MAX_VALUE))
                .withMaxBytes(query.bound("maxBytes", Integer.MAX_VALUE));
        MessageWriter writer = new MessageWriter(query.base64());
        Duration wait = Duration.ofMillis(query.number("waitMs").orElse(0));
        String accept = context.header("Accept");
        boolean lines = accept != null && accept.contains(Answers.LINES);
        Pages.Wanted wanted = new Pages.Wanted(
                range, Demand.of(query), wait, Body.memory(context), ClientWatch.of(context));
        context.future(() -> Pages.read(session, work, wanted, (page, error) -> {
            if (error != null) {
                return answers.error(context, error);
            }
            context.header("Lignum-Next", Long.toString(page.next()));
            return lines
                    ? answers.stream(context, Answers.LINES, PageJson.lines(page, writer::full))
                    : answers.stream(context, Answers.JSON, object(page, writer));
        }));
    }

    private JsonStream object(Page page, MessageWriter writer) {
        return PageJson.object(page, writer::full, out -> {
            out.writeNumberField("count", page.records().size());
            out.writeNumberField("next", page.next());
            out.writeNumberField("start", page.logStart());
            out.writeNumberField("end", page.readableEnd());
            Json.freshness(out, page, service.leaderId());
        });
    }
}
